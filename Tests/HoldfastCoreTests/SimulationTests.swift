import Glibc
import HoldfastSimulator
import Testing

/// Runs in which everything follows from a seed. `HOLDFAST_SEEDS=n` runs so many, `HOLDFAST_SEED=n`
/// runs one and writes down all that happened.
@Suite struct SimulationTests {
  @Test(.enabled(if: number("HOLDFAST_SEED") == nil))
  func noScheduleViolatesAnything() {
    let seeds = number("HOLDFAST_SEEDS") ?? 300
    for seed in 1...max(seeds, 1) {
      var schedule = Schedule(seed: seed)
      guard schedule.run() != nil else { continue }
      var again = Schedule(seed: seed, isTracing: true)
      let failure = again.run()
      Issue.record(
        """
        seed \(seed): \(failure?.violation ?? "not found again")
        HOLDFAST_SEED=\(seed) shows all of it; at the end:
        \((failure?.trace ?? []).suffix(40).joined(separator: "\n"))
        """)
      return
    }
  }

  @Test(.enabled(if: number("HOLDFAST_SEED") != nil))
  func theChosenScheduleViolatesNothing() {
    var schedule = Schedule(seed: number("HOLDFAST_SEED") ?? 1, isTracing: true)
    let failure = schedule.run()
    for line in schedule.trace { print(line) }
    #expect(failure == nil, "\(failure?.violation ?? "")")
  }

  @Test func aSeedRepeatsItself() {
    for seed in 1...20 as ClosedRange<UInt64> {
      var first = Schedule(seed: seed, isTracing: true)
      var second = Schedule(seed: seed, isTracing: true)
      _ = first.run()
      _ = second.run()
      #expect(first.trace == second.trace, "seed \(seed)")
    }
  }
}

private func number(_ name: String) -> UInt64? {
  getenv(name).flatMap { UInt64(String(cString: $0)) }
}
