import HoldfastCore
import HoldfastPorts
import Testing

/// What was enabled is what is loaded.
@Suite struct PluginPinsTests {
  private let first = String(repeating: "a1", count: 32)
  private let second = String(repeating: "b2", count: 32)

  private func pin(_ instance: String, _ hash: String) -> PluginPins.Pin {
    PluginPins.Pin(instance: InstanceID(instance), id: "notes", sha256: hash, version: "1.0 β")
  }

  @Test func whatIsFoundFirstIsPinned() throws {
    let folder = try TemporaryFolder()
    let pins = PluginPins(stateFolder: folder.path)
    #expect(try pins.load().isEmpty)
    #expect(try pins.check(pin("my notes", first), mayChange: false) == .pinned)
    #expect(try pins.check(pin("my notes", first), mayChange: false) == .same)
    #expect(try pins.load() == [pin("my notes", first)])
    let text = String(decoding: try read(pins.path), as: UTF8.self)
    #expect(text.split(separator: "\n").last == "my%20notes notes \(first) 1.0%20%CE%B2")
  }

  @Test func aChangedFileIsRefusedWithBothHashesUntilItIsEnabled() throws {
    let folder = try TemporaryFolder()
    let pins = PluginPins(stateFolder: folder.path)
    _ = try pins.check(pin("notes", first), mayChange: false)
    let fault = PluginFault(
      .changed,
      "plugin notes is not the file that was enabled: sha256 \(first) was, \(second) is; if you "
        + "changed it, run `holdfast plugin enable notes`")
    #expect(throws: fault) { try pins.check(pin("notes", second), mayChange: false) }
    try pins.enable(pin("notes", second))
    #expect(try pins.check(pin("notes", second), mayChange: false) == .same)
  }

  @Test func aPluginThatMayChangeIsPinnedAgain() throws {
    let folder = try TemporaryFolder()
    let pins = PluginPins(stateFolder: folder.path)
    _ = try pins.check(pin("notes", first), mayChange: false)
    #expect(
      try pins.check(pin("notes", second), mayChange: true) == .pinnedAgain(former: first))
    #expect(try pins.load() == [pin("notes", second)])
  }

  @Test func aDisabledInstanceIsRefusedUntilItIsEnabled() throws {
    let folder = try TemporaryFolder()
    let pins = PluginPins(stateFolder: folder.path)
    try pins.disable(InstanceID("notes"))
    #expect(try pins.isDisabled(InstanceID("notes")))
    let fault = PluginFault(
      .changed, "plugin notes is disabled; run `holdfast plugin enable notes`")
    #expect(throws: fault) { try pins.check(pin("notes", first), mayChange: true) }
    try pins.enable(pin("notes", first))
    #expect(try !pins.isDisabled(InstanceID("notes")))
    #expect(try pins.check(pin("notes", first), mayChange: false) == .same)
  }

  @Test func linesAreReadHoweverAnEditorEndsThem() throws {
    let folder = try TemporaryFolder()
    let hash = String(repeating: "5a", count: 32)
    let text = "# head\r\n\r\nmy%20notes some-id \(hash) 1.0\r\nother - disabled -\r\n"
    _ = try folder.write("plugins.lock", Array(text.utf8))
    let pins = try PluginPins(stateFolder: folder.path).load()
    #expect(pins.map(\.instance) == [InstanceID("my notes"), InstanceID("other")])
    #expect(pins.map(\.id) == ["some-id", ""] && pins.map(\.version) == ["1.0", ""])
    #expect(pins.map(\.sha256) == [hash, ""] && pins.map(\.isDisabled) == [false, true])
  }

  @Test(arguments: ["notes id 5A 1.0", "a b c d e", "a b"])
  func aLineOfAnotherFormIsRefused(_ line: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("plugins.lock", Array("\(line)\n".utf8))
    #expect(throws: PluginFault.self) { try PluginPins(stateFolder: folder.path).load() }
  }

  @Test func aDamagedLineIsNamed() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("plugins.lock", Array("# head\nnotes only\n".utf8))
    let fault = PluginFault(
      .changed,
      "\(path) cannot be read: line 2 is not of the form `instance id sha256 version`; correct it, "
        + "or remove it to pin all anew")
    #expect(throws: fault) { try PluginPins(stateFolder: folder.path).load() }
  }

  @Test func aChangedPluginIsNotLoaded() throws {
    let host = try TestHost()
    try host.end(try host.start("listener", as: "one"))
    #expect(host.lines.first?.text.hasPrefix("pinned listener 1.0.0 as found: ") == true)
    let changed = try Fixtures.content("listener") + [0]
    let path = try host.folder.write("listener.so", changed)
    let start = host.begin(file: path, as: "one")
    let fault = try host.fault(start)
    #expect(fault.code == .changed && fault.description.contains(sha256(changed)))
    try PluginPins(stateFolder: host.folder.path)
      .enable(try PluginLoader.pin(for: InstanceID("one"), file: path))
    let port = host.loader().start(start)
    try host.created(port)
    try host.end(port)
  }

  @Test func aPluginThatReloadsOrBelongsToTheInstallationIsPinnedAgain() throws {
    let host = try TestHost()
    try host.end(try host.start("listener", as: "one"))
    let changed = try Fixtures.content("listener") + [0]
    var start = host.begin(file: try host.folder.write("listener.so", changed), as: "one")
    start.autoReload = true
    let port = host.loader().start(start)
    try host.created(port)
    try host.end(port)
    #expect(host.lines.last?.text.hasPrefix("pinned listener 1.0.0 again: ") == true)
    _ = try host.folder.write("listener.so", changed + [0])
    start.autoReload = false
    #expect(try host.fault(start).code == .changed)
    let installed = host.loader(prefix: host.folder.path).start(start)
    try host.created(installed)
    try host.end(installed)
  }

  @Test func theHashOfTheConfigurationIsTheOnlyOneThatCounts() throws {
    let host = try TestHost()
    var start = try host.begin("listener")
    start.sha256 = first
    let fault = try host.fault(start)
    #expect(fault.code == .changed && fault.description.contains(first))
    start.sha256 = sha256(try Fixtures.content("listener"))
    let port = host.loader().start(start)
    try host.created(port)
    try host.end(port)
    #expect(try PluginPins(stateFolder: host.folder.path).load().isEmpty)
  }
}
