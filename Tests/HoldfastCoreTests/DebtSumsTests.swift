import HoldfastSimulator
import Testing

@testable import HoldfastCore

/// What a provider owes in all is counted as its backlogs change.
@Suite struct DebtSumsTests {
  private static func session(_ number: Int) -> SessionRecord {
    SessionRecord(
      id: SessionID(value: UInt128(number)),
      key: SessionKey(agent: "a", channel: "c", kind: .direct, chat: "x"),
      scope: Scope("a/\(number % 3)"), created: WallTime(milliseconds: 0))
  }

  private static func provider() -> Provider {
    var provider = Provider(
      record: EnrolmentRecord(
        id: EnrolmentID(1), agent: "a", instance: InstanceID("notes"), destination: "",
        start: 0))
    provider.isReady = true
    provider.traits.canWithdraw = true
    return provider
  }

  /// The same by looking at every backlog.
  private func expectExact(_ provider: Provider, _ step: Int) {
    let backlogs = Array(provider.backlogs.values)
    #expect(provider.sums.turns == backlogs.reduce(0) { $0 + $1.owedTurns }, "step \(step)")
    #expect(provider.sums.sessions == backlogs.count { $0.isOwing }, "step \(step)")
    #expect(provider.sums.withdrawals == backlogs.reduce(0) { $0 + $1.owed.count })
    #expect(provider.sums.parked == backlogs.reduce(0) { $0 + $1.parked.count })
    #expect(provider.sums.unknown == backlogs.reduce(0) { $0 + $1.tally.unknown })
    #expect(provider.sums.oldest == backlogs.compactMap(\.owingSince).min(), "step \(step)")
  }

  @Test(arguments: 1...20)
  func theSumsAreThoseOfAllBacklogs(_ seed: UInt64) {
    var random = Random(seed: seed)
    var numbers = Numbering(after: Snapshot(), seed: seed)
    var provider = Self.provider()
    var turns: [Int: TurnIndex] = [:]
    let outcomes: [Backlog.Outcome] = [.acknowledged, .refused, .failed, .unknown]
    for step in 1...400 {
      let now = Instant(nanoseconds: UInt64(step) * 1_000_000_000)
      let number = 1 + random.below(8)
      var session = Self.session(number)
      session.lastTurn = turns[number] ?? 0
      switch random.below(8) {
      case 0...2:
        turns[number, default: 0] += 1
        provider.owe(turns[number] ?? 1, of: session, at: now)
      case 3:
        if var backlog = provider.backlogs[session.id] {
          _ = backlog.withdraw(
            1 + TurnIndex(random.below(Int(turns[number] ?? 1))), numbers: &numbers, at: now)
          provider.keep(backlog)
        }
      case 4: provider.forget(random.chance(100) ? session.id : SessionID(value: 99))
      case 5:
        for id in provider.backlogs[session.id]?.parked.map(\.id) ?? [] {
          _ = provider.retryParked(id, of: session.id, at: now)
        }
      default:
        let wall = WallTime(milliseconds: Int64(step) * 1000)
        _ = provider.review(
          session.id, Backlog.Occasion(gate: nil, mayCut: true, now: now, wall: wall),
          numbers: &numbers)
        provider.change(session.id) { backlog in
          if let cut = backlog.cut { backlog.becameDurable(cut: cut.record.id) }
          backlog.becameDurable(withdrawals: TurnSet(backlog.owed.map(\.record.turn)))
        }
        provider.list(session.id)
        if let (id, kind) = provider.nextStep(of: 0, at: now) {
          let outcome = random.pick(outcomes) ?? .failed
          provider.concluded(id)
          if case .retain = kind {
            _ = provider.retained(id, outcome, reason: "", numbers: &numbers, at: now)
          } else {
            _ = provider.withdrew(id, outcome, numbers: &numbers, at: now)
          }
          provider.forgetIfSettled(id)
        }
      }
      expectExact(provider, step)
    }
  }
}
