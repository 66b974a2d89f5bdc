import Testing

@testable import HoldfastCore
@testable import HoldfastSimulator

/// A disk that neither writes nor fails.
@Suite struct JournalRowTests {
  private let problem =
    "the journal has not been written for 5 s and no error is reported: the disk does not answer; "
    + "look at the disk and at what else uses it"

  /// A message has been accepted for so long by a journal that hangs for two hours.
  private func hung(
    for duration: Duration, _ adjust: (inout Configuration) -> Void = { _ in }
  ) -> World {
    let world = World.calm([("notes", 1)], adjust)
    world.talk("one")
    world.hangsUntil = world.now + .seconds(7200)
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(3))
    world.advance(by: duration)
    return world
  }

  private func said(_ world: World) -> Int { world.log.count { $0.text.hasPrefix(problem) } }

  @Test func itIsAStallAfterFiveSecondsAndUntilTheNextCommit() throws {
    let world = hung(for: .milliseconds(4990))
    #expect(world.host?.status().state == "running" && said(world) == 0)
    world.advance(by: .milliseconds(10))
    let status = try #require(world.host?.status())
    #expect(status.state == "degraded" && status.problems == [problem])
    #expect(status.journalStalls == 1)
    world.say("three", from: "bob")
    world.advance(by: .milliseconds(1))
    #expect(world.receipts.last?.receipt == .busy(retryAfter: .seconds(5)))
    world.advanceBeating(by: .seconds(3600))
    #expect(said(world) == 1 && world.host?.status().journalStalls == 1)
    world.advance(by: .seconds(3700))
    #expect(world.heard(by: "alice") == ["echo: one", "echo: two"])
    #expect(world.heard(by: "bob") == ["echo: three"])
    #expect(world.host?.status().state == "running")
    let again = world.log.count { $0.text == "the journal is written again; nothing was lost" }
    #expect(again == 1)
    world.expectSound()
  }

  @Test(arguments: [120_000, 200] as [Int64])
  func nobodyIsBlamedAndNoAttemptIsSpent(stuckAfter: Int64) throws {
    let world = hung(for: .zero) { $0.diagnostics.stuckAfter = .milliseconds(stuckAfter) }
    for _ in 0..<10 {
      world.advance(by: .milliseconds(400))
      world.beat()
    }
    world.advanceBeating(by: .seconds(3600))
    #expect(world.attention.events.allSatisfy { $0.name != .recoveryRequested })
    let session = try #require(world.session(of: "alice")?.id)
    let explanation = try #require(world.explain(session))
    #expect(explanation.sentence.contains("the journal cannot be written"))
    #expect(explanation.next == "Nothing, as long as the journal cannot be written.")
    #expect(explanation.attempts == 0 && !explanation.isLeftToPerson)
    world.advance(by: .seconds(3700))
    #expect(world.heard(by: "alice").last == "echo: two")
    world.expectSound()
  }

  /// Whatever is synced shows that the disk answers, however much waits behind it.
  @Test func aSlowDiskIsNoneThatHangs() {
    let world = World.calm()
    world.talk("one")
    world.journalDelay = 4000...4000
    for second in 0..<60 {
      world.say("\(second)", from: "user \(second)")
      world.advance(by: .seconds(1))
    }
    #expect(said(world) == 0 && world.host?.status().journalStalls == 0)
    world.journalDelay = 1...1
    world.expectSound()
  }

  @Test func anErrorThatComesLateIsSaidAndIsTheSameStall() {
    let world = hung(for: .seconds(6))
    world.stallJournal("the disk is full")
    #expect(world.host?.status().problems == ["the disk is full"])
    #expect(world.host?.status().journalStalls == 1)
    world.resumeJournal()
    #expect(world.host?.status().problems == [])
    world.advance(by: .seconds(5))
    #expect(world.host?.status().problems == [problem], "it hangs again")
    #expect(said(world) == 2 && world.host?.status().journalStalls == 2)
    world.advance(by: .seconds(7200))
    world.expectSound()
  }
}
