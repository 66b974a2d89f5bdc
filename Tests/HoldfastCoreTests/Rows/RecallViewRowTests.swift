import HoldfastCore
import HoldfastSimulator
import Testing

/// What people are shown of recalls is what a turn would get.
@Suite struct RecallViewRowTests {
  private func view(
    _ world: World, _ target: RecallTarget = .newest, _ instance: String? = nil
  ) throws -> RecallView {
    let before = Set(world.answers.keys)
    world.ask(.recall(query: "cat", target, instance.map { InstanceID($0) }))
    world.advance(by: .seconds(1))
    let new = try #require(world.answers.first { !before.contains($0.key) }?.value)
    guard case .recall(let view) = new else {
      Issue.record("no view: \(new)")
      return RecallView()
    }
    return view
  }

  private func refusal(_ world: World, _ target: RecallTarget, _ instance: String?) -> String {
    let before = Set(world.answers.keys)
    world.ask(.recall(query: "cat", target, instance.map { InstanceID($0) }))
    world.advance(by: .seconds(1))
    if case .refused(let reason)? = world.answers.first(where: { !before.contains($0.key) })?.value
    {
      return reason
    }
    return ""
  }

  @Test func itShowsWhatAPromptWouldHold() throws {
    let world = World.calm([("notes", 1), ("archive", 1)]) {
      $0.plugins[3].priority = 5
      $0.memory.recallMaxItems = 3
    }
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice"))
    let view = try view(world)
    #expect(view.session == session.id.description && view.scope == session.scope.description)
    #expect(view.providers.map(\.instance) == ["archive", "notes"])
    #expect(view.providers.allSatisfy { $0.state == "answered" && !$0.isLate })
    #expect(view.providers[0].items.compactMap(\.place) == [1, 2])
    #expect(view.providers[1].items.map(\.place) == [3, nil])
    #expect(view.providers[1].items[1].reason.contains("recall_max_items"))
    #expect(view.providers[0].items[0].session == session.id.description)
    #expect(view.budgetMilliseconds == 1500)

    #expect(try self.view(world, .newest, "notes").providers.map(\.instance) == ["notes"])
    let ofKey = try self.view(world, .session(.key(world.key(of: "alice"))))
    #expect(ofKey.session == session.id.description)
    let ofScope = try self.view(world, .scope(session.scope))
    #expect(ofScope.session == "" && ofScope.providers[0].items.count == 2)
    world.expectSound()
  }

  @Test func itSaysWhatIsLeftOutAndWhy() throws {
    let world = World.calm()
    world.change("notes") { $0.isIndiscreet = true }
    world.talk("one")
    world.talk("secret", from: "bob")
    let alice = try #require(world.session(of: "alice")?.id)
    let seen = try view(world, .session(.session(alice)))
    let foreign = seen.providers[0].items.filter { $0.reason.contains("another scope") }
    #expect(!foreign.isEmpty && foreign.allSatisfy { $0.place == nil })

    world.change("notes") { $0.isIndiscreet = false }
    world.hold("notes", "withdraw")
    _ = world.command("/undo")
    let undone = try view(world, .session(.session(alice)))
    #expect(
      undone.providers[0].items.allSatisfy { $0.place == nil && $0.reason.contains("taken back") })
    #expect(!undone.providers[0].items.isEmpty)
    world.release("notes", "withdraw")
    world.expectSound()
  }

  @Test func itSaysWhoDoesNotAnswer() throws {
    let world = World.calm([("notes", 1), ("archive", 1)])
    world.talk("one")
    world.ask(.stopPlugin(InstanceID("archive")))
    world.advance(by: .seconds(1))
    world.script("notes", "recall", .failed)
    let view = try view(world)
    #expect(view.providers.map(\.state) == ["failed: not now", "stopped"])
    world.ask(.startPlugin(InstanceID("archive")))
    world.expectSound()
  }

  @Test func aSlowProviderIsShownAsTooLate() throws {
    let world = World.calm()
    world.talk("one")
    world.hold("notes", "recall")
    world.ask(.recall(query: "cat", .newest, nil))
    world.advance(by: .seconds(3))
    world.release("notes", "recall")
    world.advance(by: .seconds(1))
    let views = world.answers.values.compactMap { answer in
      if case .recall(let view) = answer { view } else { nil }
    }
    let provider = try #require(views.first?.providers.first)
    #expect(provider.isLate && provider.items.first?.reason == "its provider was too late")
    world.expectSound()
  }

  @Test func whatCannotBeAskedIsRefused() throws {
    let world = World.calm()
    #expect(refusal(world, .newest, nil).contains("no such session"))
    world.talk("one")
    #expect(refusal(world, .newest, "nobody") == "Agent main does not remember with “nobody”.")
    #expect(refusal(world, .scope(Scope("other/x")), nil).contains("no scope of an agent"))
    #expect(
      refusal(world, .session(.session(SessionID(value: 5))), nil).contains("no such session"))
    world.expectSound()
  }
}
