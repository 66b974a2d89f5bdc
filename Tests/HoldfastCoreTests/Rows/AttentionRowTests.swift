@testable import HoldfastCore
@testable import HoldfastSimulator
import Testing

/// Sessions that do not go on: who is looked at, what is said of it, and what is left alone.
@Suite struct AttentionRowTests {
  private let orphanKinds: [ActivityKind] = [.modelCall, .toolCall]

  private func events(_ world: World, _ name: DiagnosticEvent.Name) -> [DiagnosticEvent] {
    world.attention.events.filter { $0.name == name }
  }

  @Test func aSessionThatIsSilentIsReportedWithWhatItWaitsInAndReportsBackOff() throws {
    let world = World.patient()
    let start = world.now
    world.say("one", from: "alice")
    world.say("two", from: "alice")
    world.advanceBeating(by: .seconds(1200))
    let seen = events(world, .longRunning)
    #expect(seen.map { $0.at.since(start).milliseconds / 1000 } == [150, 270, 510, 990])
    let first = try #require(seen.first)
    #expect(first.session == world.session(of: "alice")?.id)
    #expect(first.instance == World.echo && first.subject == "respond" && first.count == 1)
    #expect(first.reason == "active_model_call_without_progress")
    #expect(world.recoveries.isEmpty)
    let lines = world.log.filter { $0.text.contains("is at work for long") }
    #expect(lines.count == 4 && lines.allSatisfy { $0.level == .warning })
    #expect(lines[0].text.contains("“echo” has been in respond for"))
    #expect(lines[0].text.contains("main:console:dm:alice"))
    let row = try #require(world.host?.status().attention.first)
    #expect(row.session == first.session?.description && row.plugin == "echo")
    #expect(row.call == "respond" && row.ageMilliseconds >= 1_190_000 && row.backlog == 1)
    world.release("echo", "respond")
    world.expectSound()
  }

  @Test func aHeartbeatCountsBusySessionsAndSaysNothingOfYoungOnes() {
    let world = World.patient()
    world.say("one", from: "alice")
    world.say("one", from: "bob")
    world.advance(by: .seconds(60))
    world.beat()
    #expect(events(world, .heartbeat).map(\.count) == [2])
    #expect(world.attention.events.count == 1)
    #expect(world.host?.status().attention.isEmpty == true)
    world.release("echo", "respond")
    world.expectSound()
  }

  @Test func progressIsAPieceOfAnAnswerAndKeepsARunFromBeingAborted() {
    let world = World.patient(abortAfter: .seconds(300))
    world.attention.progressEvery = .seconds(50)
    world.say("one", from: "alice")
    world.advance(by: .milliseconds(100))
    for _ in 0..<20 {
      world.advanceBeating(by: .seconds(60))
      if let id = world.flights.keys.max() {
        world.give(.plugin(World.echo, .progress(id)))
      }
    }
    #expect(world.recoveries.isEmpty)
    #expect(events(world, .longRunning).allSatisfy { $0.reason == "active_work" })
    #expect(events(world, .stalled).isEmpty)
    let sight = world.host?.sight(at: world.key(of: "alice"))
    #expect(sight?.condition.activity.progressReason == "respond:output")
    world.release("echo", "respond")
    world.expectSound()
  }

  @Test(arguments: [nil, ActivityKind.modelCall, .toolCall])
  func aMessageThatNobodyWorksOnIsReleasedAndNothingIsAborted(_ orphan: ActivityKind?) throws {
    let world = World.patient()
    let session = try world.loseWakeUp()
    if let orphan { world.takeUp(orphan, for: session, of: "notes") }
    world.advance(by: .seconds(1))
    #expect(world.heard(by: "alice") == ["echo: one"])
    world.advanceBeating(by: .seconds(240))
    #expect(world.heard(by: "alice") == ["echo: one", "echo: two"])
    #expect(world.recoveries == ["released queued_work_without_active_run"])
    let report = try #require(events(world, .stuck).first)
    #expect(report.reason == "queued_work_without_active_run" && report.session == session)
    #expect(report.instance == (orphan == nil ? nil : World.notes))
    #expect(world.host?.activities.count == 0)
    #expect(world.journal.turns[session]?.allSatisfy { $0.status == .live } == true)
    world.expectSound()
  }

  @Test func aRunWithAnOrphanBesideItIsNotAbortedWithoutPermission() throws {
    let world = World.patient(abortAfter: .seconds(600))
    world.say("one", from: "alice")
    world.say("two", from: "alice")
    world.advance(by: .seconds(1))
    let session = try #require(world.session(of: "alice")?.id)
    for kind in orphanKinds { world.takeUp(kind, for: session, of: "notes") }
    world.advanceBeating(by: .seconds(590))
    #expect(events(world, .recoveryRequested).isEmpty)
    #expect(world.tryToRecover("alice", mayAbort: false) == ["skipped active_run"])
    world.release("echo", "respond")
    world.advance(by: .seconds(1))
    #expect(world.heard(by: "alice") == ["echo: one", "echo: two"])
    world.expectSound()
  }

  @Test func tokensOfACallEndWithIt() throws {
    let world = World.patient()
    world.say("one", from: "alice")
    world.advance(by: .seconds(1))
    let id = try #require(world.host?.operations.keys.max())
    var start = ActivityStart(token: 7, kind: .toolCall, name: "search")
    start.operation = id
    world.give(.plugin(World.echo, .activity(.began(start))))
    world.advance(by: .seconds(200))
    world.give(.plugin(World.echo, .activity(.progressed(7, reason: "page 2"))))
    let sight = try #require(world.host?.sight(at: world.key(of: "alice")))
    #expect(sight.condition.activity.work == .toolCall && sight.call?.name == "search")
    #expect(sight.condition.activity.progressReason == "page 2")
    #expect(sight.condition.activity.isOwnerAlive == true)
    world.release("echo", "respond")
    world.advance(by: .seconds(1))
    #expect(world.host?.activities.count == 0)
    world.give(.plugin(World.echo, .activity(.began(start))))
    #expect(world.host?.activities.count == 0, "the operation is over")
    world.expectSound()
  }

  @Test func tokensOfASessionEndWithTheirPlugin() throws {
    let world = World.patient()
    world.release("echo", "respond")
    world.talk("one")
    let session = try #require(world.session(of: "alice")?.id)
    world.takeUp(.run, for: session, of: "notes")
    #expect(world.host?.activities.count == 1)
    world.died(World.notes)
    #expect(world.host?.activities.count == 0)
    world.ask(.startPlugin(World.notes))
    world.expectSound()
  }

  @Test func aHeartbeatThatIsLateReportsAndRecoversNothing() {
    let world = World.patient(abortAfter: .seconds(300))
    world.say("one", from: "alice")
    world.advance(by: .seconds(302))
    world.beat(lateBy: .seconds(5))
    #expect(events(world, .recoveryRequested).isEmpty)
    #expect(events(world, .longRunning).count == 1, "it is reported all the same")
    world.beat()
    #expect(events(world, .recoveryRequested).isEmpty, "ages are five seconds less from now on")
    world.advance(by: .seconds(4))
    world.beat()
    #expect(world.recoveries.isEmpty && events(world, .recoveryRequested).count == 1)
    world.advance(by: .seconds(1))
    #expect(world.recoveries == ["cancelled active_work_without_progress"])
    world.expectSound()
  }

  @Test func asLongAsTheJournalCannotBeWrittenNobodyIsBlamed() {
    let world = World.patient(abortAfter: .seconds(300))
    world.say("one", from: "alice")
    world.advance(by: .seconds(1))
    world.stallJournal("the disk is full")
    world.advanceBeating(by: .seconds(600))
    #expect(events(world, .recoveryRequested).isEmpty)
    world.resumeJournal()
    world.advanceBeating(by: .seconds(31))
    #expect(world.recoveries.count == 1)
    world.expectSound()
  }

  @Test func whatASessionIsConsideredToBeIsExplained() throws {
    let world = World.patient(abortAfter: .seconds(300))
    world.release("echo", "respond")
    world.talk("zero")
    let session = try #require(world.session(of: "alice")?.id)
    #expect(world.explain(session)?.sentence.hasSuffix("is idle: nothing waits.") == true)
    world.hold("echo", "respond")
    world.say("one", from: "alice")
    world.advance(by: .seconds(5))
    let young = try #require(world.explain(session))
    #expect(young.state == "processing" && !young.needsAttention && young.plugin == "echo")
    world.advance(by: .seconds(195))
    let old = try #require(world.explain(session))
    #expect(old.needsAttention && old.row == "3b" && old.classification == "long_running")
    #expect(old.call == "respond" && old.work == "model_call" && old.isOwnerAlive == true)
    #expect(old.sentence.contains("row 3b, active_model_call_without_progress"))
    #expect(old.next.hasPrefix("Without any more progress in 99 s its calls are cancelled"))
    world.release("echo", "respond")
    world.expectSound()
  }

  @Test func aSessionThatIsNotInMemoryIsExplainedFromTheJournal() throws {
    let world = World.patient()
    world.release("echo", "respond")
    world.talk("one")
    let session = try #require(world.session(of: "alice")?.id)
    world.shutDown()
    world.start()
    #expect(world.explain(session)?.state == "idle")
    let request = world.ask(.explain(SessionID(value: 5)))
    world.advance(by: .seconds(1))
    #expect(world.answers[request].map { "\($0)".contains("There is no session") } == true)
    world.expectSound()
  }
}

extension World {
  /// A world whose model holds its answers and may take an hour for them.
  static func patient(abortAfter: Duration = .seconds(7200)) -> World {
    let world = World.calm { configuration in
      configuration.diagnostics.abortAfter = abortAfter
      for place in configuration.plugins.indices {
        configuration.plugins[place].deadlines.model = .seconds(3600)
        configuration.plugins[place].deadlines.modelChunk = .seconds(3600)
      }
    }
    world.hold("echo", "respond")
    return world
  }

  /// After one message another one waits, and the host has forgotten to begin its turn.
  func loseWakeUp() throws -> SessionID {
    expectsForgottenTurns = true
    say("one", from: "alice")
    say("two", from: "alice")
    advance(by: .seconds(1))
    journalDelay = 50...50
    release("echo", "respond")
    _ = run { $0.host?.held.elements.contains { $0.transaction > 0 } ?? false }
    _ = run { world in
      let key = world.key(of: "alice")
      guard world.host?.places[key]?.lane.running == nil else { return false }
      let kept = world.host?.held.elements.filter {
        if case .proceed = $0.action { false } else { true }
      }
      world.host?.held = Queue()
      for entry in kept ?? [] { world.host?.held.append(entry) }
      return true
    }
    journalDelay = 1...1
    return try #require(session(of: "alice")?.id)
  }

  /// Asks for recovery as a heartbeat would; what becomes of it.
  func tryToRecover(_ user: String, mayAbort: Bool, _ change: (World) -> Void = { _ in })
    -> [String]
  {
    guard let sight = host?.sight(at: key(of: user)), let classifier = host?.classifier else {
      return []
    }
    let attention = classifier.classify(sight.condition)
    change(self)
    guard var host else { return [] }
    host.recover(Recovery.Request(sight: sight, attention: attention, mayAbort: mayAbort))
    return host.effects.compactMap { effect in
      guard case .diagnostic(let event) = effect, event.name == .recoveryCompleted else {
        return nil
      }
      return "\(event.outcome) \(event.reason)"
    }
  }

  /// What `holdfast sessions explain` is told.
  func explain(_ session: SessionID) -> SessionExplanation? {
    let request = ask(.explain(session))
    advance(by: .milliseconds(100))
    guard case .explanation(let explanation) = answers[request] else { return nil }
    return explanation
  }
}
