import HoldfastSimulator
import Testing

/// The simulator notices mistakes: each of them is made on purpose, from outside the rules.
@Suite struct SimulationMutationTests {
  /// CI runs so many schedules; each mistake is found within them.
  private static let seeds: UInt64 = 10_000

  @Test(arguments: Mutation.all)
  func aMistakeIsFound(_ mutation: Mutation) throws {
    let first = mutation.firstSeed
    let order = [first...Self.seeds, 1...max(1, first - 1)].joined()
    for seed in order {
      let tamper = mutation.make()
      guard let failure = Schedule(seed: seed, mistake: tamper).run() else { continue }
      #expect(tamper.count > 0, "found before it was made, at seed \(seed)")
      #expect(
        mutation.expected.contains(failure.violation.invariant),
        "seed \(seed) finds something else: \(failure.violation)")
      return
    }
    Issue.record("not found in \(Self.seeds) schedules")
  }

  @Test func thereAreEnoughMistakes() {
    #expect(Mutation.all.count >= 36)
    #expect(Set(Mutation.all.map(\.name)).count == Mutation.all.count)
  }

  @Test func everyMistakeIsInTheDocuments() throws {
    let text = try Document.read("docs/TESTING.md")
    for mutation in Mutation.all {
      #expect(text.contains("| \(mutation.name) |"), "docs/TESTING.md lacks it")
    }
  }
}
