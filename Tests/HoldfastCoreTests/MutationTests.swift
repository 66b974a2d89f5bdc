import HoldfastSimulator
import Testing

/// The simulator notices mistakes: each of them is made on purpose, from outside the rules.
@Suite struct SimulationMutationTests {
  /// So many schedules are enough for each of them; `make simulate` runs at least as many in CI.
  private static let seeds: UInt64 = 10_000

  @Test(arguments: Mutation.all)
  func aMistakeIsFound(_ mutation: Mutation) {
    for seed in 1...Self.seeds {
      let tamper = mutation.make()
      guard let failure = Schedule(seed: seed, mistake: tamper).run() else { continue }
      #expect(tamper.count > 0, "found before it was made, at seed \(seed)")
      #expect(
        mutation.expected.contains(failure.violation.invariant),
        "seed \(seed) finds something else: \(failure.violation)")
      print("\(mutation.name): seed \(seed), \(failure.violation.invariant.rawValue)")
      return
    }
    Issue.record("not found in \(Self.seeds) schedules")
  }

  @Test func thereAreEnoughMistakes() {
    #expect(Mutation.all.count >= 36)
    #expect(Set(Mutation.all.map(\.name)).count == Mutation.all.count)
  }
}
