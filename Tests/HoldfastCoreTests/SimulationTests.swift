import Glibc
import HoldfastSimulator
import Testing

/// Runs in which everything follows from a seed. `make simulate` runs very many.
@Suite struct SimulationTests {
  @Test func noScheduleViolatesAnything() {
    for seed in 1...(number("HOLDFAST_SEEDS") ?? 200) {
      guard let failure = Schedule(seed: seed).run() else { continue }
      Issue.record("\(Minimiser.minimise(failure).report)\nmake simulate SEED=\(seed) shows it")
      return
    }
  }

  @Test func aSeedRepeatsItself() {
    for seed in 1...20 as ClosedRange<UInt64> {
      let first = Schedule(seed: seed, isTracing: true)
      let second = Schedule(seed: seed, isTracing: true)
      _ = first.run()
      _ = second.run()
      #expect(first.trace == second.trace, "seed \(seed)")
    }
  }

  @Test func aRecordedRunIsTheSameRun() {
    for seed in 1...40 as ClosedRange<UInt64> {
      let first = Schedule(seed: seed, isTracing: true)
      _ = first.run()
      let second = Schedule(first.recorded, isTracing: true)
      _ = second.run()
      #expect(first.trace == second.trace, "seed \(seed)")
      #expect(second.recorded == first.recorded)
    }
  }
}

private func number(_ name: String) -> UInt64? {
  getenv(name).flatMap { UInt64(String(cString: $0)) }.map { max($0, 1) }
}
