import FoundationEssentials
import Glibc
import HoldfastCore
import Testing

/// What is known of a host after its end, and what is shown of it to others.
@Suite struct SupportTests {
  private func bundles(_ stage: Stage) -> [String] {
    let folder = stage.state + "/support"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix("bundle-") }.sorted().map { folder + "/" + $0 }
  }

  private func fields(_ file: String) throws -> [String: JSON] {
    let bytes = try Data(contentsOf: URL(filePath: file))
    guard case .object(let fields) = try JSON(Array(bytes)) else {
      throw TestFailure("\(file) is no object")
    }
    return fields
  }

  private func names(_ fields: [String: JSON]) -> [String] {
    guard case .array(let events)? = fields["events"] else { return [] }
    return events.compactMap { event in
      if case .object(let event) = event, case .string(let name)? = event["name"] {
        name
      } else {
        nil
      }
    }
  }

  @Test func afterAKillTheNextHostTellsWhatHappenedLast() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let pid = stage.pid
    try stage.chat().ask("my cat is called Miso")
    try stage.settled("notes")
    stage.kill9()
    try stage.start()
    try stage.logged("did not stop in an orderly way")
    let files = bundles(stage)
    #expect(files.count == 1 && files[0].hasSuffix("-ended_without_a_word.json"))
    let found = try fields(files[0])
    let told = names(found)
    #expect(told.contains("plugin.started") && told.contains("memory.retained"), "\(told)")
    guard case .object(let recorder)? = found["recorder"] else { return }
    #expect(recorder["pid"] == .number("\(pid)"))
    // Who stops in an orderly way leaves nothing to be told.
    #expect(stage.stop() == 0)
    try stage.start()
    #expect(stage.stop() == 0 && bundles(stage).count == 1)
  }

  @Test func afterACrashTheRecordIsInTheBundle() throws {
    let stage = try Stage(["notes": 1])
    stage.agent = "model = \"bad\"\n"
    stage.sections["bad"] = """
      plugin = "ends-the-host"
      path = "\(Clone.fixture("ends_the_host"))"
      config.in = "create"
      config.how = "crash"

      """
    try stage.start(isAwaited: false)
    #expect(stage.waitForEnd() > 1000)
    stage.sections["bad"]?.replace("in = \"create\"", with: "in = \"nothing\"")
    try stage.start()
    try stage.logged("did not stop in an orderly way")
    let file = try #require(bundles(stage).first { $0.contains("-crash.json") })
    let found = try fields(file)
    guard case .array(let crashes)? = found["crashes"], case .object(let crash)? = crashes.first
    else {
      Issue.record("no crash in \(found)")
      return
    }
    #expect(crash["plugin"] == .string("bad") && crash["kind"] == .string("SIGSEGV"))
    #expect(stage.stop() == 0)
  }

  @Test func abundleHoldsNothingThatWasSaidRememberedOrKeptSecret() throws {
    let stage = try Stage(["notes": 1])
    stage.environment["MARKER_SECRET"] = "ZebraSecret"
    stage.head += "[agents.extra]\nmodel = \"echo\"\ninstructions = \"ZebraInstructions\"\n"
    stage.sections["bank"] = "plugin = \"absent\"\nconfig.a = { env = \"MARKER_SECRET\" }\n"
    try stage.start()
    let chat = try stage.chat("ZebraChat", user: "ZebraUser")
    try chat.ask("my cat is called ZebraMessage")
    try chat.ask("/new ZebraTitle")
    try chat.ask("what is my cat called? ZebraQuestion")
    try stage.settled("notes")
    let answer = try stage.run("diagnostics", "export", "--json")
    #expect(answer.status == 0, "\(answer.errors)")
    let file = try #require(bundles(stage).first)
    #expect(answer.output.contains(file))
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(!text.lowercased().contains("zebra"), "\(text)")
    #expect(text.contains("memory.retained") && text.contains("\"state\": \"running\""))
    let session = try stage.current("ZebraChat")
    #expect(text.contains(session))
    // The recorder's own file is what a bundle is made of after a crash.
    let ring = try Data(contentsOf: URL(filePath: stage.state + "/recorder"))
    #expect(!String(decoding: ring, as: UTF8.self).lowercased().contains("zebra"))
    #expect(stage.stop() == 0)
  }

  @Test func anExportGoesWhereItIsWantedWithAHostAndWithout() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let file = stage.folder.path + "/fault.json"
    let live = try stage.run("diagnostics", "export", "--output", file)
    #expect(live.status == 0 && live.output == file + "\n", "\(live.errors)")
    let whole = try fields(file)
    #expect(whole["status"] != .null && bundles(stage).isEmpty)
    guard case .object(let reports)? = whole["reports"],
      case .object(let locks)? = reports["locks"],
      case .object(let host)? = locks["host"]
    else { throw TestFailure("no locks in \(whole.keys)") }
    #expect(host["pid"] == .number("\(stage.pid)") && locks["sessions"] != nil)
    // Names of threads and resources are the host's own.
    guard case .object(let status)? = whole["status"] else { return }
    for field in ["executors", "process"] {
      #expect(status[field].map { !$0.text().contains("…") } == true, "\(field)")
    }
    stage.kill9()
    let left = try stage.run("diagnostics", "export", "--output", file)
    #expect(left.status == 0, "\(left.errors)")
    let found = try fields(file)
    #expect(found["status"] == .null && names(found).contains("plugin.started"))
    #expect(try stage.run("diagnostics", "export").status == 0 && bundles(stage).count == 1)
    let nowhere = try stage.run("diagnostics", "export", "--output", "/nonexistent/fault.json")
    #expect(nowhere.status == 1 && nowhere.errors.contains("name another file"))
    let none = try Finished([
      Clone.holdfast, "diagnostics", "export", "--state-dir", stage.folder.path + "/none",
    ])
    #expect(none.status == 1 && none.errors.contains("--state-dir"))
  }

  @Test func anExportReplacesFilesAndNothingElse() throws {
    let stage = try Stage()
    try stage.start()
    let (file, link) = (stage.folder.path + "/real.json", stage.folder.path + "/link.json")
    symlink(file, link)
    for isRunning in [true, false] {
      if !isRunning { #expect(stage.stop() == 0) }
      #expect(try stage.run("diagnostics", "export", "--output", link).status == 0)
      var kept = stat()
      #expect(lstat(link, &kept) == 0 && kept.st_mode & S_IFMT == S_IFLNK)
      #expect(try fields(file)["bundle"] == .number("1"))
      unlink(file)
      let piped = try stage.run("diagnostics", "export", "--output", "-")
      #expect(piped.status == 0 && piped.output.hasPrefix("{\n") && piped.errors == "")
      let folder = try stage.run("diagnostics", "export", "--output", stage.folder.path)
      #expect(folder.status == 1 && folder.errors.contains("name another file"))
    }
  }

  @Test func aStopThatFailsIsToldOfAtOnceAndOnce() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.settled("notes")
    let journal = stage.state + "/journal.sqlite"
    rename(journal, journal + ".away")
    chat.tell("two", id: "home-2")
    try stage.logged("was moved, deleted or replaced while the host ran")
    #expect(stage.stop() == 1)
    #expect(bundles(stage).count == 1 && bundles(stage)[0].hasSuffix("-failed_stop.json"))
    rename(journal + ".away", journal)
    try stage.start()
    #expect(stage.stop() == 0)
    #expect(bundles(stage).count == 1, "the next host has nothing to add")
  }

  @Test func aDamagedRecorderKeepsNoHostFromStarting() throws {
    let stage = try Stage(["notes": 1])
    let state = try stage.folder.folder("state")
    try Data([UInt8](repeating: 0xA5, count: 5000)).write(to: URL(filePath: state + "/recorder"))
    try stage.start()
    #expect(stage.stop() == 0)
    try FileManager.default.removeItem(atPath: state + "/recorder")
    _ = try stage.folder.folder("state/recorder")
    try stage.start()
    #expect(stage.lastLog.contains("memory alone"))
    #expect(try stage.run("events", "replay").output.contains("plugin.started"))
    #expect(stage.stop() == 0)
  }
}
