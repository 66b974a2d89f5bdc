import HoldfastSimulator
import Testing

/// The simulator notices mistakes: each of them is made on purpose.
@Suite struct SimulationMutationTests {
  /// So many schedules find each mistake, at most; fewer than any run of all schedules has.
  private static let seeds: UInt64 = 300

  @Test(arguments: Mutation.allCases)
  func aMistakeIsFound(_ mutation: Mutation) {
    for seed in 1...Self.seeds {
      var schedule = Schedule(seed: seed, mutation: mutation)
      guard schedule.run() != nil else { continue }
      #expect(schedule.mutated > 0, "\(mutation): found before it was made, at seed \(seed)")
      return
    }
    Issue.record("\(mutation) is not found in \(Self.seeds) schedules")
  }
}
