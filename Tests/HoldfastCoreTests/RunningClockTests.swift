import HoldfastCore
import Testing

/// Time in which the process was not let run is nobody's.
@Suite struct RunningClockTests {
  private static let second: UInt64 = 1_000_000_000
  private var clock = RunningClock()

  private func seconds(_ count: UInt64) -> Instant { Instant(nanoseconds: count * Self.second) }

  @Test mutating func aClockThatIsLookedAtInTimeAgreesWithTheMachine() {
    #expect(clock.look(at: 5 * Self.second) == seconds(5))
    #expect(clock.rest(until: seconds(9), from: 5 * Self.second) == 5 * Self.second + 250_000_000)
    #expect(clock.look(at: 5 * Self.second + 400_000_000).nanoseconds == 5_400_000_000)
    #expect(clock.lost == 0)
  }

  @Test mutating func standingStillWhileSomethingIsAwaitedCountsForNothing() {
    _ = clock.look(at: Self.second)
    let alarm = clock.rest(until: seconds(2), from: Self.second)
    #expect(alarm == Self.second + 250_000_000)
    // Five seconds later than it meant to look.
    let now = clock.look(at: Self.second + 5_250_000_000)
    #expect(now.nanoseconds == Self.second + 250_000_000)
    #expect(now < seconds(2))
    #expect(clock.machineTime(of: seconds(2)) == 7 * Self.second)
    #expect(clock.rest(until: seconds(2), from: 6_250_000_000) == 6_500_000_000)
  }

  @Test mutating func theFirstAndTheLastInstantHaveTheirPlaces() {
    let last = Instant(nanoseconds: UInt64(Int64.max))
    #expect(clock.machineTime(of: last) == UInt64(Int64.max))
    _ = clock.look(at: Self.second)
    _ = clock.look(at: 9 * Self.second)
    #expect(clock.machineTime(of: last) == .max)
    // What the journal remembers may have been before the machine's clock began.
    let past = seconds(1) - .seconds(1000)
    #expect(clock.machineTime(of: past) == 0)
    #expect(clock.rest(until: past, from: 9 * Self.second) == 0)
  }

  @Test mutating func standingStillInTheMiddleOfWorkCountsForNothing() {
    _ = clock.look(at: Self.second)
    #expect(clock.look(at: 9 * Self.second).nanoseconds == Self.second + 250_000_000)
  }

  @Test mutating func sleepingWithNothingToAwaitIsNotStandingStill() {
    _ = clock.look(at: Self.second)
    #expect(clock.rest(until: nil, from: Self.second) == nil)
    #expect(clock.look(at: 100 * Self.second) == seconds(100))
    // What is far away is slept for without looking in between.
    #expect(clock.rest(until: seconds(4000), from: 100 * Self.second) == 4000 * Self.second)
    #expect(clock.look(at: 4000 * Self.second) == seconds(4000))
    #expect(clock.lost == 0)
  }
}
