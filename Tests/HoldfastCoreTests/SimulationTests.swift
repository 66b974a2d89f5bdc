import Glibc
import Testing

@testable import HoldfastSimulator

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

  @Test func aFailureIsMadeSmall() throws {
    let mistake = try #require(Mutation.all.first { $0.name == "cut not journalled" })
    let found = (1...50 as ClosedRange<UInt64>).lazy.compactMap { seed in
      Schedule(seed: seed, mistake: mistake.make()).run()
    }.first { $0.plan.decisions.count > 20 }
    let failure = try #require(found)
    let small = Minimiser.minimise(failure) { mistake.make() }
    #expect(small.violation.invariant == failure.violation.invariant)
    #expect(small.plan.actions.count == 1 && small.plan.decisions.count <= 2)
    #expect(small.story.count <= 20 && small.story.last?.contains("VIOLATION") == true)
    let again = try #require(Schedule(small.plan, mistake: mistake.make()).run())
    #expect(again.violation == small.violation)
    #expect(Schedule(small.plan).run() == nil)
  }

  @Test func aSmallPlanKeepsTheFaultThatMatters() throws {
    let mistake = try #require(Mutation.all.first { $0.name == "a stop parks" })
    let found = (1...200 as ClosedRange<UInt64>).lazy.compactMap { seed in
      Schedule(seed: seed, mistake: mistake.make()).run()
    }.first { !$0.plan.faults.isEmpty }
    let failure = try #require(found)
    let small = Minimiser.minimise(failure) { mistake.make() }
    #expect(small.violation.invariant == .onlyRefusedIsParked)
    #expect(small.plan.decisions.count < failure.plan.decisions.count)
    #expect(small.plan.decisions.count <= 8)
  }
}

private func number(_ name: String) -> UInt64? {
  getenv(name).flatMap { UInt64(String(cString: $0)) }.map { max($0, 1) }
}
