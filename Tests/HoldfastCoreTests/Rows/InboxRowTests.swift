import HoldfastCore
import HoldfastSimulator
import Testing

/// What people say is taken once, and is theirs no more only when it is safe.
@Suite struct InboxRowTests {
  @Test func whoSentAMessageAndToWhomIsKeptWithIt() throws {
    let world = World.calm()
    var note = message("one", "first")
    note.isMention = true
    world.hand(note)
    var noise = message("two", "second")
    noise.isFromBot = true
    world.hand(noise)
    world.advance(by: .seconds(1))
    let rows = world.journal.inputs.values.sorted { $0.id < $1.id }
    #expect(rows.map(\.isMention) == [true, false] && rows.map(\.isFromBot) == [false, true])
    world.expectSound()
  }

  @Test func theSameMessageIsAnsweredOnceAlsoAfterARestart() throws {
    let world = World.calm()
    world.hand(message("one", "first"))
    world.advance(by: .seconds(1))
    world.hand(message("one", "first"))
    world.advance(by: .seconds(1))
    world.crash(keeping: 0)
    world.start()
    world.hand(message("one", "first"))
    world.advance(by: .seconds(1))
    #expect(world.receipts.map(\.receipt) == [.accepted, .duplicate, .duplicate])
    #expect(world.heard(by: "alice") == ["echo: one"])
    #expect(world.questions == ["one"] && world.ranges("notes") == ["1"])
    world.expectSound()
  }

  @Test func aRedeliveredUndoAppliesOnceAlsoAfterARestart() throws {
    let world = World.calm()
    world.talk("one", "two", "three")
    let session = try #require(world.session(of: "alice"))
    for isRestart in [false, true] {
      if isRestart {
        world.crash(keeping: 0)
        world.start()
      }
      world.hand(message("/undo", "undo"))
      world.hand(message("/undo", "undo"))
      world.advance(by: .seconds(2))
    }
    #expect(world.stored("notes", session.id) == [1, 2])
    #expect(world.heard(by: "alice").count { $0 == "One turn taken back." } == 1)
    #expect(world.takenBack("notes").flatMap { $0.turns.map(\.turn) } == [3])
    world.expectSound()
  }

  @Test func aMessageThatComesAgainWhileItIsTakenIsToldToWait() {
    let world = World.calm()
    world.hand(message("one", "first"))
    world.hand(message("one", "first"))
    #expect(world.receipts.map(\.receipt) == [.busy(retryAfter: .milliseconds(200))])
    world.advance(by: .seconds(2))
    #expect(
      world.receipts.map(\.receipt) == [
        .busy(retryAfter: .milliseconds(200)), .accepted, .duplicate,
      ])
    #expect(world.heard(by: "alice") == ["echo: one"])
    world.expectSound()
  }

  @Test func aFullQueueWithoutRoomToJoinAnswersBusyAndLosesNothing() throws {
    let world = World.calm {
      $0.host.queueCap = 2
      $0.host.maxMessageBytes = 8
    }
    world.hold("echo", "respond")
    for text in ["one", "two", "three"] {
      world.say(text, from: "alice")
      world.advance(by: .milliseconds(100))
    }
    let name = world.say("four", from: "alice")
    world.say("else", from: "bob")
    world.advance(by: .milliseconds(100))
    #expect(world.host?.status().waitingMessages == 2)
    let refused = world.receipts.filter { $0.messageID == name }
    #expect(refused.map(\.receipt) == [.busy(retryAfter: .seconds(1))])
    #expect(world.questions.sorted() == ["else", "one"], "another place is not held up")
    #expect(world.command("/status") != "nothing", "nor is a command")
    world.release("echo", "respond")
    world.advance(by: .seconds(5))
    let answers = world.heard(by: "alice").filter { $0.hasPrefix("echo") }
    #expect(answers == ["echo: one", "echo: two", "echo: three", "echo: four"])
    world.expectSound()
  }

  @Test func aReceiptIsGivenOnlyOnceTheMessageIsSynced() throws {
    let world = World.calm()
    world.journalDelay = 200...200
    world.say("one", from: "alice")
    #expect(world.run { !$0.journal.inputs.isEmpty })
    #expect(world.receipts.isEmpty)
    world.crash(keeping: 0)
    #expect(world.journal.inputs.isEmpty)
    world.start()
    #expect(world.run { !$0.receipts.isEmpty })
    #expect(world.receipts.map(\.receipt) == [.accepted])
    #expect(world.journal.inputs.count == 1)
    world.crash(keeping: 0)
    world.start()
    world.advance(by: .seconds(10))
    #expect(world.heard(by: "alice") == ["echo: one"], "the receipt was kept")
    world.expectSound()
  }

  @Test func aStalledJournalAnswersBusyAndLosesNothing() throws {
    let world = World.calm()
    world.say("one", from: "alice")
    #expect(world.run { !$0.journal.cuts.isEmpty })
    world.journalDelay = 20_000...20_000
    world.stallJournal("no space left on device")
    let name = world.say("two", from: "alice")
    world.advance(by: .milliseconds(500))
    #expect(world.receipts.last { $0.messageID == name }?.receipt == .busy(retryAfter: .seconds(5)))
    let status = try #require(world.host?.status())
    #expect(status.state == "degraded")
    #expect(status.problems == ["no space left on device"])
    let said = "no space left on device; until then nothing new is accepted, and nothing accepted "
    #expect(world.log.count { $0.text.hasPrefix(said) } == 1)
    world.advance(by: .seconds(9))
    #expect(world.receipts.count { $0.messageID == name } == 2)
    #expect(!world.journal.inputs.values.contains { $0.messageID == name })

    world.journalDelay = 1...1
    world.resumeJournal()
    world.advance(by: .seconds(40))
    #expect(world.heard(by: "alice") == ["echo: one", "echo: two"])
    #expect(world.host?.status().state == "running")
    world.expectSound()
  }

  @Test func anEmptyOrOversizedMessageIsRejectedWithAReason() {
    let world = World.calm { $0.host.maxMessageBytes = 8 }
    world.say("  ", from: "alice")
    world.say("far too long", from: "alice")
    world.say("one", from: "alice")
    world.advance(by: .seconds(1))
    #expect(world.receipts.map(\.receipt).first == .rejected(.malformed, "the message is empty"))
    guard case .rejected(.tooLarge, let reason) = world.receipts.dropFirst().first?.receipt else {
      Issue.record("accepted: \(world.receipts)")
      return
    }
    #expect(reason.contains("host.max_message_bytes"))
    #expect(world.heard(by: "alice") == ["echo: one"])
    world.expectSound()
  }

  @Test func aStopInterruptsTheTurnAndKeepsOrDropsWhatWaits() {
    let world = World.calm()
    for isDropping in [false, true] {
      world.hold("echo", "respond")
      world.say("one", from: "alice")
      world.say("two", from: "alice")
      world.advance(by: .seconds(2))
      #expect(world.command(isDropping ? "/stop --drop" : "/stop") == "Stopped.")
      world.release("echo", "respond")
      world.advance(by: .seconds(2))
    }
    #expect(world.questions == ["one", "two", "one"])
    #expect(world.heard(by: "alice").filter { $0.hasPrefix("echo") } == ["echo: two"])
    #expect(world.heard(by: "alice").contains("Dropped by /stop."))
    let session = world.session(of: "alice")?.id
    #expect(world.stored("notes", session) == [2], "the first was interrupted")
    #expect(world.command("/stop") == "Nothing is running.")
    world.expectSound()
  }

  private func message(_ text: String, _ name: String) -> InboundMessage {
    var message = InboundMessage()
    message.account = "account"
    message.messageID = name
    message.chat = "alice"
    message.user = "alice"
    message.text = text
    return message
  }
}
