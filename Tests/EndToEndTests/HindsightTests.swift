import Glibc
import HoldfastCore
import Testing

/// What the Hindsight provider stores and finds. The same against the project's own server and,
/// with `make test-hindsight`, against the real one.
@Suite struct HindsightTests {
  @Test func theTurnsOfASessionAreOneDocumentUnderItsNameTagsAndMetadata() throws {
    let server = try MemoryServer(preferringReal: ())
    let stage = try Stage()
    stage.hindsight(server, settings: "config.retain_tags = [\"project:hf\"]")
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "three"] { try chat.ask(text) }
    try stage.settled("memory")
    let session = try stage.current()
    #expect(try server.turns(session) == ["1 one", "2 two", "3 three"])
    let document = try server.document(session)
    #expect(
      Set(document["tags"].list.map(\.text)) == [
        "project:hf", "session:\(session)", "scope:main/channel:console/user:ana",
      ])
    let metadata = document["document_metadata"].members.mapValues(\.text)
    #expect(metadata["session_id"] == session && metadata["user_id"] == "ana")
    #expect(metadata["agent"] == "main" && metadata["channel"] == "console")
    #expect(metadata["chat_id"] == "home" && metadata["thread_id"] == "")
    #expect(metadata["turn_first"] == "3" && metadata["turn_last"] == "3")
    #expect(metadata["message_count"] == "2" && metadata["retained_at"]?.hasSuffix("Z") == true)
    #expect(stage.stop() == 0)
  }

  @Test func contentIsAListOfTurnsWithRolesAndTimesAndReadableText() throws {
    let server = try MemoryServer(preferringReal: ())
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    let said = "Käse 🧀 \"quoted\" \\ \n日本"
    try stage.chat().ask(said)
    try stage.settled("memory")
    let text = try server.document(try stage.current())["original_text"].text
    #expect(text.contains("Käse 🧀") && text.contains("日本"))
    let turns = try JSON(Array(text.utf8)).list
    #expect(turns.count == 1)
    let messages = try #require(turns.first).list
    #expect(messages.map { $0["role"].text } == ["user", "assistant"])
    #expect(messages.map { $0["content"].text } == [said, "re: " + said])
    for message in messages {
      #expect(message["time"].text.wholeMatch(of: /\d{4}-\d\d-\d\dT[\d:.]+Z/) != nil)
    }
    #expect(stage.stop() == 0)
  }

  @Test func aSwitchSendsWhatWasBufferedUnderTheOldDocumentAndNamesTheParent() throws {
    let server = try MemoryServer(preferringReal: ())
    let stage = try Stage()
    stage.hindsight(server, every: 3)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two"] { try chat.ask(text) }
    let old = try stage.current()
    try chat.ask("/new")
    try chat.ask("three")
    let new = try stage.current()
    try stage.flushed("memory")
    #expect(try server.turns(old) == ["1 one", "2 two"])
    #expect(try server.turns(new) == ["1 three"])
    let tags = try server.document(new)["tags"].list.map(\.text)
    #expect(tags.contains("parent:\(old)") && tags.contains("session:\(new)"))
    #expect(!tags.contains("session:\(old)"))
    #expect(stage.stop() == 0)
  }

  @Test func whatIsTakenBackLeavesTheDocumentAndTheRestStaysAsItWas() throws {
    let server = try MemoryServer(preferringReal: ())
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two"] { try chat.ask(text) }
    try stage.settled("memory")
    let session = try stage.current()
    let before = Set(try server.document(session)["tags"].list.map(\.text))
    #expect(try chat.ask("/undo") == "One turn taken back.")
    try stage.settled("memory")
    #expect(try server.turns(session) == ["1 one"])
    #expect(Set(try server.document(session)["tags"].list.map(\.text)) == before)
    try chat.ask("three")
    try stage.settled("memory")
    #expect(try server.turns(session) == ["1 one", "3 three"])
    #expect(try chat.ask("/undo 2") == "2 turns taken back.")
    try stage.settled("memory")
    #expect(try server.turns(session).isEmpty)
    try chat.ask("four")
    try stage.settled("memory")
    #expect(try server.turns(session) == ["4 four"])
    #expect(stage.stop() == 0)
  }

  /// So many at once are looked at in the list of operations.
  @Test func whatManySayAtOnceIsStoredOnceEach() throws {
    let server = try MemoryServer(preferringReal: ())
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    let people = 1...12
    let chats = try people.map { try stage.chat("chat-\($0)", user: "person-\($0)") }
    for number in 1...3 {
      let said = try chats.map { try $0.say("turn \(number)") }
      for (chat, id) in zip(chats, said) { _ = try chat.reply(to: id) }
      try stage.settled("memory")
    }
    for person in people {
      let session = try stage.current("chat-\(person)")
      #expect(try server.turns(session) == (1...3).map { "\($0) turn \($0)" })
    }
    let listed = try server.operations()
    #expect(listed.count == 3 * people.count)
    for operation in listed {
      #expect(operation["status"].text == "completed")
      let id = operation["id"].text
      #expect(try server.operation(id)["status"].text == "completed", "\(id)")
    }
    #expect(stage.stop() == 0)
  }

  @Test func memoriesAreFoundInTheNextSessionAndByNobodyElse() throws {
    let server = try MemoryServer(preferringReal: ())
    let stage = try Stage()
    stage.head += "[memory]\nrecall_budget_ms = 10000\n"
    stage.hindsight(server, settings: "config.recall_min_semantic = 0.05")
    try stage.start()
    let (ana, bob) = (try stage.chat("ana's"), try stage.chat("bob's", user: "bob"))
    try ana.ask("The green bicycle stands in the cellar")
    let old = try stage.current("ana's")
    try bob.ask("The green bicycle was sold yesterday")
    try stage.settled("memory")
    try ana.ask("/new")
    try ana.ask("Where is the green bicycle?")
    try bob.ask("/new")
    try bob.ask("Where is the green bicycle?")
    let asked = stage.model.heard("respond").filter { $0["last"].hasPrefix("Where") }
    #expect(asked.count == 2)
    for call in asked {
      let mine = call["user"] == "ana" ? "cellar" : "sold"
      let foreign = call["user"] == "ana" ? "sold" : "cellar"
      #expect(call["recall"].contains(mine), "\(call)")
      #expect(!call["recall"].contains(foreign), "\(call)")
      #expect(!call["recall"].contains("[["), "\(call)")
    }
    #expect(try server.turns(old).count == 1)
    #expect(stage.stop() == 0)
  }

  @Test func aBankThatIsNotThereYetHoldsNoMemoriesAndIsNoFailure() throws {
    let server = try MemoryServer(preferringReal: ())
    let stage = try Stage()
    stage.hindsight(server, every: 100)
    try stage.start()
    #expect(try stage.chat().ask("anything") == "re: anything")
    let row = try stage.row("memory")
    #expect(row.lastError == "", "\(row)")
    #expect(try stage.plugin("memory").failures == 0)
    #expect(stage.stop() == 0)
  }

  @Test(arguments: 1...3) func aHostThatIsKilledHasEveryTurnStoredOnce(trial: Int) throws {
    let server = try MemoryServer(preferringReal: ())
    let stage = try Stage()
    stage.hindsight(server, every: trial)
    try stage.start()
    let chat = try stage.chat()
    for number in 1...4 { try chat.ask("turn \(number)") }
    stage.kill9()
    try stage.start()
    try chat.connect()
    let session = try stage.current()
    try chat.ask("turn 5")
    try stage.flushed("memory")
    #expect(try server.turns(session) == (1...5).map { "\($0) turn \($0)" })
    #expect(stage.stop() == 0)
  }

  @Test func aModelStoresAndSearchesWithToolsWithinItsScope() throws {
    let server = try MemoryServer(preferringReal: ())
    let stage = try Stage()
    stage.sections["echo"]? += "config.tools = true\n"
    stage.hindsight(server, settings: "config.recall_min_semantic = 0.05")
    try stage.start()
    try Patience.until("memory has named its tools") {
      try stage.plugin("memory").tools.count == 3
    }
    let (ana, bob) = (try stage.chat("ana's"), try stage.chat("bob's", user: "bob"))
    let content = "green-bicycle-in-the-cellar"
    let stored = try ana.ask(#"use memory__retain:{"content":"\#(content)"}"#)
    #expect(stored.hasSuffix("[0 Remembered.]"))
    let search = #"use memory__recall:{"query":"green-bicycle"}"#
    #expect(try ana.ask(search).dropFirst(search.count).contains(content))
    try bob.ask("something so that the bank knows bob")
    #expect(try bob.ask(search).hasSuffix("[0 Nothing was found.]"))
    #expect(stage.stop() == 0)
  }
}
