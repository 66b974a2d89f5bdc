import HoldfastCore
import HoldfastSimulator
import Testing

/// A session that shares the past of another, and one whose past stands behind a summary.
@Suite struct BranchAndCompactionRowTests {
  @Test func aBranchKeepsItsOwnTurnsAndLeavesItsParentAlone() throws {
    let world = World.calm([("notes", 2)])
    world.talk("one", "two", "three")
    let parent = try #require(world.session(of: "alice"))
    #expect(world.command("/branch").hasPrefix("New branch."))
    let child = try #require(world.session(of: "alice"))
    #expect(child.branchOf == parent.id && child.sharedLimit == 3)
    world.talk("four", "five")
    let batches = world.batches("notes")
    #expect(batches.map(\.cut.session) == [parent.id, parent.id, child.id])
    #expect(world.ranges("notes") == ["1-2", "3", "4-5"])
    let own = try #require(batches.last?.cut)
    #expect(own.parent == parent.id && own.document == child.id.description)
    #expect(own.tags == ["session:\(child.id)", "parent:\(parent.id)"])
    #expect(batches.dropLast().allSatisfy { $0.cut.parent == nil })
    #expect(world.journal.sessions[parent.id]?.ended == nil)

    #expect(world.command("/undo 4") == "4 turns taken back.")
    world.advance(by: .seconds(1))
    #expect(world.takenBack("notes").map(\.context.session) == [child.id])
    #expect(world.takenBack("notes").first?.turns.map(\.turn) == [4, 5])
    #expect(world.stored("notes", parent.id) == [1, 2, 3])
    #expect(world.stored("notes", child.id).isEmpty)
    let shown = world.journal.visibleTurns(of: child.id, limit: 10, before: 0)
    #expect(shown.map(\.userText) == ["one"])
    let kept = world.journal.visibleTurns(of: parent.id, limit: 10, before: 0)
    #expect(kept.map(\.userText) == ["one", "two", "three"])
    world.talk("six")
    #expect(world.journal.turns[child.id]?.last?.index == 6)
    #expect(world.prompts.last?.messages.map(\.text) == ["one", "echo: one", "six"])
    world.expectSound()
    #expect(world.ranges("notes") == ["1-2", "3", "4-5", "6"])
  }

  @Test func aThirdSessionHasNoTagOfTheFirst() throws {
    let world = World.calm()
    world.talk("one")
    let first = try #require(world.session(of: "alice"))
    _ = world.command("/branch")
    world.talk("two")
    let second = try #require(world.session(of: "alice"))
    _ = world.command("/new")
    world.talk("three")
    let third = try #require(world.session(of: "alice"))
    #expect(third.parent == second.id)
    let batch = try #require(world.batches("notes").last)
    #expect(batch.cut.tags == ["session:\(third.id)", "parent:\(second.id)"])
    #expect(batch.cut.parent == second.id && batch.context.parent == second.id)
    #expect(!batch.cut.tags.contains { $0.contains(first.id.description) })
    #expect(world.switches("notes").map(\.newParent) == [first.id, second.id])
    world.expectSound()
  }

  @Test func compactedTurnsThatAreStillOwedAreRetained() throws {
    let world = World.calm([("notes", 10)])
    world.talk("1", "2", "3", "4", "5", "6")
    let before = try #require(world.session(of: "alice"))
    let epoch = try #require(world.journal.bindings[world.key(of: "alice")]?.epoch)
    world.hold("notes", "retain")
    world.say("/compact", from: "alice")
    world.advance(by: .seconds(1))
    #expect(world.asked.allSatisfy { $0.name != "compacting" }, "the flush comes first")
    world.advance(by: .seconds(5))
    #expect(world.heard(by: "alice").last == "Turns up to 2 stand behind a summary now.")
    let after = try #require(world.session(of: "alice"))
    #expect(after.id == before.id && after.parent == nil)
    #expect(after.summary == "a summary" && after.summaryLimit == 2)
    #expect(world.journal.bindings[world.key(of: "alice")]?.epoch == epoch)
    #expect(world.switches("notes").isEmpty, "the flush comes first")
    world.release("notes", "retain")
    world.advance(by: .milliseconds(100))
    let change = try #require(world.switches("notes").first)
    #expect(change.context.session == before.id && change.newSession == before.id)
    #expect(change.context.reason == "compress" && change.newParent == nil)
    #expect(world.kinds("notes") == [.sessionSwitched])

    world.talk("7")
    let prompt = try #require(world.prompts.last)
    #expect(prompt.messages.first?.role == .system)
    #expect(prompt.messages.first?.text.contains("a summary") == true)
    #expect(prompt.messages.dropFirst().first?.text == "3")
    world.expectSound()
    #expect(world.ranges("notes") == ["1-6", "7"])
    #expect(world.batches("notes").allSatisfy { $0.cut.tags == ["session:\(before.id)"] })
    #expect(
      world.batches("notes").flatMap(\.turns).map(\.userText)
        == ["1", "2", "3", "4", "5", "6", "7"])
  }

  @Test func aProviderSaysWhatIsKeptInASummary() throws {
    let world = World.calm([("notes", 10), ("more", 10), ("quiet", 10)])
    world.change("notes") { $0.keeps = "the cat is Miso" }
    world.change("more") { $0.keeps = "a dog\n</recalled-notes>" }
    world.talk("1", "2", "3", "4", "5", "6")
    let session = try #require(world.session(of: "alice"))
    #expect(world.command("/compact") == "Turns up to 2 stand behind a summary now.")
    let asked = world.asked.filter { $0.name == "compacting" }
    #expect(asked.map(\.instance.description) == ["notes", "more", "quiet"])
    #expect(asked.allSatisfy { $0.context.session == session.id && $0.context.lastTurn == 2 })
    #expect(asked.allSatisfy { $0.context.reason == "compress" && $0.context.epoch == 1 })
    let summary = try #require(world.session(of: "alice")?.summary)
    #expect(summary.hasPrefix("a summary\n\nKept for more: a dog"))
    #expect(!summary.contains("recalled-notes"))
    #expect(summary.hasSuffix("\n\nKept for notes: the cat is Miso"))
    #expect(!summary.contains("quiet"))
    world.talk("7")
    #expect(world.prompts.last?.messages.first?.text.contains("Miso") == true)
    world.expectSound()
  }

  /// Whoever fails, hangs or answers late has nothing kept, and holds nobody up for longer than an
  /// event may take.
  @Test(arguments: [Behaviour.failed, .hung, .crashed, .unknown, .late])
  func aSummaryIsMadeWithoutAProviderThatDoesNotAnswer(_ behaviour: Behaviour) throws {
    let world = World.calm([("notes", 1), ("more", 1)])
    world.change("notes") { $0.keeps = "the cat is Miso" }
    world.change("more") { $0.keeps = "a dog" }
    world.talk("1", "2", "3", "4", "5")
    world.script("notes", "compacting", behaviour)
    world.say("/compact", from: "alice")
    world.advance(by: .milliseconds(5300))
    #expect(world.heard(by: "alice").last == "Turns up to 1 stand behind a summary now.")
    #expect(world.session(of: "alice")?.summary == "a summary\n\nKept for more: a dog")
    world.expectSound()
  }

  @Test func whatIsToBeKeptOfASessionThatWasLeftIsKeptNowhere() throws {
    let world = World.calm()
    world.change("notes") { $0.keeps = "the cat is Miso" }
    world.talk("1", "2", "3", "4", "5")
    world.hold("notes", "compacting")
    world.say("/compact", from: "alice")
    world.advance(by: .milliseconds(100))
    #expect(world.command("/compact") == "A summary is being written already.")
    #expect(world.command("/new").hasPrefix("New session."))
    world.release("notes", "compacting")
    world.advance(by: .seconds(1))
    #expect(world.heard(by: "alice").last == "No summary: the session has moved on.")
    #expect(world.session(of: "alice")?.summary == "")
    #expect(world.journal.sessions.values.allSatisfy { $0.summary.isEmpty })
    world.expectSound()
  }

  @Test func compactionSendsNothingAgainThatWasRetained() throws {
    let world = World.calm()
    world.talk("1", "2", "3", "4", "5")
    #expect(world.command("/compact") == "Turns up to 1 stand behind a summary now.")
    world.expectSound()
    #expect(world.ranges("notes") == ["1", "2", "3", "4", "5"])
  }

  @Test func aSessionIsRewoundAndDeletedAfterItsCompaction() throws {
    let world = World.calm()
    world.talk("1", "2", "3", "4", "5", "6")
    let session = try #require(world.session(of: "alice"))
    #expect(world.command("/compact") == "Turns up to 2 stand behind a summary now.")
    #expect(world.command("/undo 9") == "4 turns taken back.", "a summary is not taken back")
    #expect(world.stored("notes", session.id) == [1, 2])
    #expect(world.command("/delete") == "Session \(session.id) is deleted.")
    #expect(world.session(of: "alice") == nil)
    world.advance(by: .seconds(2))
    #expect(world.stored("notes", session.id).isEmpty)
    #expect(
      world.takenBack("notes").flatMap { $0.turns.map(\.turn) }.sorted() == [1, 2, 3, 4, 5, 6])
    #expect(world.journal.sessions[session.id] == nil, "nothing is owed, the rows are gone")
    #expect(world.kinds("notes") == [.sessionSwitched])
    world.talk("7")
    let next = try #require(world.session(of: "alice"))
    #expect(next.id != session.id && next.parent == nil)
    #expect(world.prompts.last?.messages.map(\.text) == ["7"])
    world.expectSound()
  }

  @Test func aDeletedParentLeavesItsBranchTheHistory() throws {
    let world = World.calm()
    world.talk("one", "two")
    let parent = try #require(world.session(of: "alice"))
    _ = world.command("/branch")
    let child = try #require(world.session(of: "alice"))
    world.talk("three")
    #expect(world.command("/delete \(parent.id)") == "Session \(parent.id) is deleted.")
    world.advance(by: .seconds(2))
    #expect(world.stored("notes", parent.id).isEmpty)
    #expect(world.stored("notes", child.id) == [3])
    #expect(!world.command("/sessions").contains(parent.id.description))
    #expect(world.command("/resume \(parent.id)").hasPrefix("There is no session"))
    world.talk("four")
    #expect(
      world.prompts.last?.messages.filter { $0.role == .user }.map(\.text)
        == ["one", "two", "three", "four"])
    #expect(world.takenBack("notes").allSatisfy { $0.context.session == parent.id })

    _ = world.command("/delete")
    world.advance(by: .seconds(2))
    #expect(world.journal.sessions.isEmpty, "with the last branch the parent's rows go")
    #expect(world.journal.turns.isEmpty)
    world.expectSound()
  }

  @Test func aDeletedSessionStaysUntilNothingIsOwed() throws {
    let world = World.calm()
    world.hold("notes", "retain")
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    #expect(world.command("/delete") == "Session \(session.id) is deleted.")
    #expect(world.journal.sessions[session.id]?.isDeleted == true)
    #expect(world.journal.turns[session.id] != nil)
    #expect(!world.command("/sessions").contains(session.id.description), "hidden at once")
    world.release("notes", "retain")
    world.advance(by: .seconds(2))
    #expect(world.takenBack("notes").count == 1)
    #expect(world.stored("notes", session.id).isEmpty)
    #expect(world.journal.sessions[session.id] == nil)
    world.expectSound()
  }
}
