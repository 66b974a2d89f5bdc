import FoundationEssentials
import Glibc
import HoldfastCore
import HoldfastThreads
import Testing

/// `holdfast events`
@Suite struct EventsTests {
  /// `holdfast events` in a process of its own.
  private struct Tail {
    let process: Spawned
    let file: String

    init(_ stage: Stage, _ name: String, _ arguments: [String]) throws {
      file = "\(stage.folder.path)/\(name)"
      process = try Spawned(
        [Clone.holdfast, "events"] + arguments + ["--state-dir", stage.state], stdout: file,
        stderr: file)
    }

    var text: String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }

    func shows(_ part: String) throws {
      do { try Patience.until(part) { text.contains(part) } } catch {
        throw TestFailure("\(part) is not in \(text)")
      }
    }

    /// As Ctrl-C does.
    func interrupt() -> Int32 {
      kill(process.pid, SIGINT)
      return process.wait()
    }
  }

  @Test func eventsAreSeenAsTheyHappenUntilCtrlC() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let all = try Tail(stage, "all", ["tail", "--since-start"])
    try all.shows("plugin.started notes")
    let memory = try Tail(
      stage, "memory",
      [
        "tail", "--since-start", "--name", "memory.*", "--name", "plugin.loaded", "--plugin",
        "notes",
      ]
        + ["--json"])
    try memory.shows("plugin.loaded")
    try stage.chat().ask("hello")
    try memory.shows("memory.retained")
    try all.shows("memory.retained notes")
    try all.shows("bus.turn.completed")
    #expect(all.interrupt() == 0 && memory.interrupt() == 0)
    let lines = memory.text.split(separator: "\n")
    for line in lines {
      guard case .object(let event) = try JSON(Array(line.utf8)) else { continue }
      #expect(event["plugin"] == .string("notes") && event["sequence"] != nil)
    }
    #expect(lines.count == 2, "\(memory.text)")
    #expect(!all.text.contains("hello"))
    #expect(stage.stop() == 0)
  }

  @Test func oneSessionCanBeFollowed() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    try stage.chat("one").ask("hello")
    try stage.chat("two").ask("hello")
    try stage.settled("notes")
    let session = try stage.current("one")
    let found = try stage.run("events", "replay", "--session", session, "--json")
    let other = try stage.current("two")
    #expect(found.status == 0 && found.output.contains(session) && !found.output.contains(other))
    #expect(stage.stop() == 0)
  }

  @Test func theEndOfTheHostEndsItWithItsOwnStatus() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let tail = try Tail(stage, "tail", ["tail", "--since-start"])
    try tail.shows("plugin.started notes")
    #expect(stage.stop() == 0)
    #expect(tail.process.wait() == 3 && tail.text.contains("the host has ended"))
    let none = try stage.run("events", "tail")
    #expect(none.status == 3 && none.errors.contains("holdfast run"))
  }

  @Test func aFilterOfNothingIsWrongUsage() throws {
    let stage = try Stage()
    let wrong = try stage.run("events", "tail", "--name", "turn.complete")
    #expect(wrong.status == 2 && wrong.errors.contains("did you mean \"turn.completed\""))
    #expect(try stage.run("events", "replay", "--session", "home").status == 2)
  }
}
