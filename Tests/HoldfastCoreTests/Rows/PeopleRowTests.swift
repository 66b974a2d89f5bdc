import HoldfastCore
import HoldfastSimulator
import Testing

/// Neither memories nor sessions of one person reach another.
@Suite struct PeopleRowTests {
  @Test func memoriesOfOnePersonNeverReachAnother() throws {
    let world = World.calm()
    world.change("notes") { $0.isIndiscreet = true }
    for text in ["one", "two", "three"] {
      world.talk(text, from: "alice")
      world.talk(text, from: "bob")
    }
    let alice = try #require(world.session(of: "alice"))
    let bob = try #require(world.session(of: "bob"))
    #expect(alice.scope != bob.scope)
    for (session, user) in [(alice, "alice"), (bob, "bob")] {
      let prompts = world.prompts.filter { $0.context.user == user }
      #expect(prompts.count == 3)
      #expect(prompts.last?.recalled.map(\.firstTurn) == [1, 2])
      #expect(prompts.flatMap(\.recalled).allSatisfy { $0.session == session.id })
      #expect(prompts.flatMap(\.recalled).allSatisfy { $0.scope == session.scope })
      let other = session.id == alice.id ? bob.id : alice.id
      #expect(prompts.allSatisfy { !$0.recallBlock.contains(other.description) })
    }
    #expect(world.batches("notes").allSatisfy { $0.cut.scope == $0.context.scope })
    world.expectSound()
  }

  @Test func memoriesOfOnePersonFollowThemFromChatToChat() throws {
    let world = World.calm()
    world.talk("one", in: "here")
    let here = try #require(world.session(of: "alice", in: "here"))
    world.talk("two", in: "there")
    #expect(world.prompts.last?.recalled.map(\.session) == [here.id])
    world.expectSound()
  }

  @Test(arguments: [
    (ScopeRule.session, []), (.chat, []), (.user, [1]), (.channel, [1, 1]), (.agent, [1, 1]),
  ])
  func theScopeSaysWhoseMemoriesThereAre(_ rule: ScopeRule, _ found: [TurnIndex]) {
    let world = World.calm { $0.memory.scope = rule }
    world.talk("one", from: "bob")
    world.talk("one", in: "here")
    world.talk("two", in: "there")
    #expect(world.prompts.last?.recalled.map(\.firstTurn) == found)
    world.expectSound()
  }

  @Test func sessionsOfAnotherPersonCannotBeSeenResumedOrDeleted() throws {
    let world = World.calm { $0.memory.scope = .agent }
    world.talk("one", from: "alice")
    let old = try #require(world.session(of: "alice"))
    _ = world.command("/new", from: "alice")
    world.talk("one", from: "bob")
    let own = try #require(world.session(of: "bob"))
    let unknown = "There is no session \(old.id) here. /sessions lists them."
    #expect(world.command("/resume \(old.id)", from: "bob") == unknown)
    #expect(world.command("/resume \(old.id) --move", from: "bob") == unknown)
    #expect(world.command("/delete \(old.id)", from: "bob") == unknown)
    let listing = world.command("/sessions", from: "bob")
    #expect(listing.contains(own.id.description) && !listing.contains(old.id.description))
    #expect(world.session(of: "bob")?.id == own.id)
    #expect(world.journal.sessions[old.id]?.isDeleted == false)
    #expect(world.stored("notes", old.id) == [1])
    #expect(world.command("/resume \(old.id)", from: "alice").contains("goes on"))
    world.expectSound()
  }

  @Test func aGroupHasItsOwnSessionAndItsOwnMemories() throws {
    let world = World.calm()
    world.talk("private", from: "alice")
    world.say("public", from: "alice", in: "room", kind: .group)
    world.advance(by: .seconds(1))
    world.say("answer", from: "bob", in: "room", kind: .group)
    world.advance(by: .seconds(1))
    let own = try #require(world.session(of: "alice"))
    let key = SessionKey(agent: "main", channel: "console", kind: .group, chat: "room")
    let room = try #require(world.journal.place(key).session)
    #expect(room.id != own.id && room.scope != own.scope)
    #expect(world.stored("notes", room.id) == [1, 2])
    #expect(world.prompts.last?.recalled.map(\.session) == [room.id])
    world.talk("again", from: "alice")
    #expect(world.prompts.last?.recalled.map(\.session) == [own.id])
    world.expectSound()
  }
}
