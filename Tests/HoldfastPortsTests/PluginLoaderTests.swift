import HoldfastCore
import HoldfastPorts
import Testing

/// What is refused, and in which words.
@Suite struct PluginLoaderTests {
  private func fault(_ fixture: String) throws -> PluginFault {
    let host = try TestHost()
    let fault = try host.fault(host.begin(fixture))
    let path = host.folder.path + "/"
    return PluginFault(fault.code, fault.description.split(separator: path).joined())
  }

  @Test func aLibraryWithoutTheEntryIsRefused() throws {
    #expect(
      try fault("no_entry")
        == PluginFault(
          .noEntry,
          "no_entry.so does not export hf_plugin_main; define it as holdfast/plugin.h says, and do "
            + "not hide it"))
  }

  @Test func aLibraryWithoutANoteIsRefused() throws {
    #expect(
      try fault("no_note")
        == PluginFault(
          .mismatch,
          "no_note.so has no note; add one with HF_PLUGIN_NOTE of holdfast/note.h"))
  }

  @Test func aNoteThatIsNoJSONIsRefused() throws {
    #expect(
      try fault("bad_note")
        == PluginFault(
          .mismatch,
          "bad_note.so has a note that is not a JSON object; correct its HF_PLUGIN_NOTE and build "
            + "it again"))
  }

  @Test func aNullTableIsRefused() throws {
    #expect(
      try fault("null_table")
        == PluginFault(
          .nullTable,
          "null_table.so refuses to be loaded: hf_plugin_main returned no table; ask its author"))
  }

  @Test func aTableWithoutARequiredFunctionIsRefused() throws {
    #expect(
      try fault("null_function")
        == PluginFault(
          .nullTable,
          "null_function.so has a table without the function destroy; set it as holdfast/plugin.h "
            + "says"))
  }

  @Test func aTableThatIsTooSmallIsRefused() throws {
    #expect(
      try fault("small_table")
        == PluginFault(
          .nullTable,
          "small_table.so has a table of 24 bytes instead of 160; begin it with HF_PLUGIN_HEAD"))
  }

  @Test(arguments: ["unknown_major", "unknown_major_note"])
  func anotherMajorVersionIsRefused(fixture: String) throws {
    #expect(
      try fault(fixture)
        == PluginFault(
          .abi,
          "\(fixture).so was built with header 7.3, and this host has 1.0; build it with a header "
            + "1.x"))
  }

  @Test func eventsThatNoteAndTableDisagreeOnAreNamed() throws {
    #expect(
      try fault("events_mismatch")
        == PluginFault(
          .mismatch,
          "events_mismatch.so says different things of its events: its note has turn.completed, "
            + "its table session.ended; make the two agree"))
  }

  @Test func concurrencyThatNoteAndTableDisagreeOnIsNamed() throws {
    #expect(
      try fault("concurrency_mismatch")
        == PluginFault(
          .mismatch,
          "concurrency_mismatch.so says different things of its concurrency: its note has affine, "
            + "its table read-write; make the two agree"))
  }

  @Test func aKindWithoutItsExtensionIsRefusedAndDestroyed() throws {
    let host = try TestHost()
    let fault = try host.fault(host.begin("kinds_mismatch"))
    #expect(fault.code == .mismatch)
    #expect(
      fault.description.hasSuffix(
        "says different things of its kinds: its note has memory, its table answers no query for "
          + "it; make the two agree"))
    #expect(try host.calls("kinds_mismatch") == ["destroy"])
  }

  @Test func aRequirementThatTheHostLacksIsNamed() throws {
    #expect(
      try fault("requires_more")
        == PluginFault(
          .requirement,
          "requires_more.so requires org.example.crystal-ball/9, which this host does not offer; "
            + "use a newer host"))
  }

  @Test func aMissingFunctionIsNamed() throws {
    #expect(
      try fault("needs_missing")
        == PluginFault(
          .dependency,
          "needs_missing.so cannot be linked: undefined symbol: found_nowhere; build it on this "
            + "system, with all it needs"))
  }

  @Test func aMissingLibraryIsNamed() throws {
    let host = try TestHost()
    let (library, plugin) = try Linked.make(in: host.folder, needing: "libabsent.so")
    shell("rm '\(library)'")
    let fault = try host.fault(host.begin(file: plugin, as: "linked"))
    #expect(
      fault
        == PluginFault(
          .dependency,
          "\(plugin) needs libabsent.so, which is not there; install it or put it beside the "
            + "plugin"))
  }

  @Test func aLibraryBesideThePluginIsLoadedFromTheStore() throws {
    let host = try TestHost()
    let (library, plugin) = try Linked.make(in: host.folder, needing: "libcompanion.so")
    let port = host.loader().start(host.begin(file: plugin, as: "linked"))
    try host.created(port)
    shell("rm '\(library)' '\(plugin)'")
    port.deliver(Samples.turn(1), number: 1)
    _ = try host.handled(port, through: 1)
    let call = try host.calls("linked").last
    #expect(call?.hasPrefix("companion from \(host.folder.path)/store/") == true)
    try host.end(port)
  }

  @Test func aPluginOfAnotherIdIsRefused() throws {
    let host = try TestHost()
    var start = try host.begin("listener")
    start.id = "notes"
    let fault = try host.fault(start)
    #expect(fault.code == .mismatch)
    #expect(fault.description.contains("listener.so is the plugin listener, not notes; correct"))
  }

  @Test func aFileThatIsNotThereIsNamed() throws {
    let host = try TestHost()
    let fault = try host.fault(host.begin(file: "\(host.folder.path)/none.so", as: "none"))
    #expect(
      fault
        == PluginFault(
          .missing,
          "\(host.folder.path)/none.so does not exist; put the plugin there or correct the path"))
  }

  @Test func anInstanceThatCannotStartSaysWhy() throws {
    let host = try TestHost()
    let fault = try host.fault(host.begin("create_fails", as: "notes"))
    #expect(fault.code == .create)
    #expect(
      fault.description
        == "plugin notes (\(host.folder.path)/create_fails.so) could not start: the database is "
        + "locked")
  }

  @Test func rewritingTheFileChangesNothingUnderARunningPlugin() throws {
    let host = try TestHost()
    let start = try host.begin("listener")
    let port = host.loader().start(start)
    try host.created(port)
    shell("truncate -s 0 '\(start.file)'")
    port.deliver(Samples.turn(1), number: 1)
    #expect(try host.handled(port, through: 1) == 0)
    try host.end(port)
  }
}

/// A plugin that needs a library of its own.
enum Linked {
  static func make(
    in folder: TemporaryFolder, needing name: String
  ) throws -> (library: String, plugin: String) {
    let sources = "\(Fixtures.clone)/Tests/Fixtures/linked"
    let built = shell(
      "cd '\(folder.path)' && "
        + "cc -shared -fPIC -Wl,-soname,\(name) '\(sources)/companion.c' -o \(name) && "
        + "cc -D_GNU_SOURCE -shared -fPIC -fvisibility=hidden -I'\(Fixtures.clone)/include' "
        + "'\(sources)/linked.c' ./\(name) '-Wl,-rpath,$ORIGIN' -o linked.so")
    guard built == 0 else { throw TestFailure("cc cannot build \(sources)") }
    return ("\(folder.path)/\(name)", "\(folder.path)/linked.so")
  }
}
