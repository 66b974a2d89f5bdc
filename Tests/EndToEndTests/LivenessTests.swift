import FoundationEssentials
import HoldfastControl
import HoldfastCore
import Testing

/// Whoever does not come to its work is named, with the call it is in; the others are not held up.
@Suite struct LivenessTests {
  private func load(_ stage: Stage) throws -> HostLoad {
    guard case .load(let load) = try stage.control.ask(.load) else {
      throw TestFailure("the host does not say what it costs")
    }
    return load
  }

  private func row(_ name: String, _ load: HostLoad) throws -> PluginLoadRow {
    try #require(load.plugins.first { $0.instance == name })
  }

  private func engine(_ load: HostLoad) throws -> ExecutorRow {
    try #require(load.executors.first { $0.name == "engine" })
  }

  private func add(_ fixture: String, as name: String, to stage: Stage) {
    let id = fixture.split(separator: "_").joined(separator: "-")
    stage.sections[name] = "plugin = \"\(id)\"\npath = \"\(Clone.fixture(fixture))\"\n"
  }

  @Test func aPluginInAnEndlessLoopIsNamedAndHoldsUpNobody() throws {
    let stage = try Stage(["notes": 1])
    add("spins_in_event", as: "spinner", to: stage)
    try stage.start()
    let chat = try stage.chat()
    #expect(try chat.ask("one") == "re: one")
    let session = try stage.current()
    try stage.logged("plugin spinner has been in event for session \(session) for")
    #expect(try chat.ask("two") == "re: two")
    try stage.settled("notes")
    // Its next look at itself may still be due.
    try Patience.until("it is known to spin") {
      try row("spinner", load(stage)).inProgress.first?.activity == .spinning
    }
    let first = try load(stage)
    let spinner = try row("spinner", first)
    let call = try #require(spinner.inProgress.first)
    #expect(call.call == "event" && call.session == session && call.ageMilliseconds >= 1000)
    #expect(spinner.waiting == 1, "the second turn waits")
    #expect(spinner.delay.maxMilliseconds > 0 && spinner.delay.samples > 0)
    #expect(spinner.cpuMilliseconds >= 20 && spinner.eventBacklog == 2)
    let before = try engine(first).sinceStart.samples
    try Patience.until("the engine goes on answering its probes") {
      try engine(load(stage)).sinceStart.samples > before
    }
    #expect(try row("notes", load(stage)).inProgress.isEmpty)
    try expectShown(stage, session)
    let file = stage.state + "/plugins/spinner/enough"
    #expect(FileManager.default.createFile(atPath: file, contents: nil))
    try Patience.until("it has come back") {
      try row("spinner", load(stage)).events == 2 && stage.status().longCalls.isEmpty
    }
    #expect(stage.stop() == 0)
  }

  private func expectShown(_ stage: Stage, _ session: String) throws {
    let status = try stage.run("status")
    #expect(status.output.contains("plugin spinner is in event since"))
    #expect(status.output.contains(", session \(session), spinning"))
    #expect(status.output.contains("delay p99 ") && status.output.contains(" descriptors"))
    let json = try stage.run("plugin", "top", "--once", "--json")
    #expect(json.status == 0)
    guard case .object(let fields) = try JSON(Array(json.output.utf8)),
      case .array(let plugins)? = fields["plugins"],
      case .array(let executors)? = fields["executors"]
    else {
      Issue.record("no object of lists: \(json.output)")
      return
    }
    #expect(plugins.count == 4 && executors.count == 4)
    for name in ["name", "p50_ms", "p99_ms", "p999_ms", "max_ms", "samples", "since_start"] {
      guard case .object(let row) = executors[0] else { continue }
      #expect(row[name] != nil, "\(name)")
    }
    #expect(json.output.contains(#""activity": "spinning""#))
    let table = try stage.run("plugin", "top", "--sort", "name", "--calls")
    let lines = table.output.split(separator: "\n")
    #expect(table.status == 0 && !table.output.contains("\u{1B}"))
    #expect(lines.contains { $0.hasPrefix("spinner") && $0.contains("spinning +0") == false })
    #expect(lines.contains { $0.hasPrefix("spinner") && $0.hasSuffix("spinning \(session)") })
    #expect(lines.contains { $0.hasPrefix("  retain") })
  }

  @Test func aPluginThatSleepsIsBlocked() throws {
    let stage = try Stage()
    stage.agent += "memory = [\"sleeper\"]\n"
    add("sleeps_in_retain", as: "sleeper", to: stage)
    stage.sections["sleeper"]? += "retain_every_turns = 1\n"
    try stage.start()
    #expect(try stage.chat().ask("one") == "re: one")
    let session = try stage.current()
    try stage.logged("plugin sleeper has been in retain for session \(session) for")
    #expect(stage.log.contains(", blocked"))
    let call = try #require(try stage.status().longCalls.first)
    #expect(call.plugin == "sleeper" && call.call == "retain" && call.session == session)
    #expect(call.activity == .blocked)
    let load = try load(stage)
    #expect(try row("sleeper", load).outstanding == 1)
    #expect(try row("sleeper", load).delay.maxMilliseconds < 1000, "nothing waits behind it")
    stage.kill9()
  }
}
