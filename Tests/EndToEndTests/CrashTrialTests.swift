import Glibc
import HoldfastThreads
import Testing

/// Hosts end in every way there is while several people talk. `HOLDFAST_CRASH_TRIALS` says how
/// often, `HOLDFAST_SEED` how, `HOLDFAST_WORLD` names one of the worlds, and the file
/// `HOLDFAST_TRIALS_JSON` gets the figures.
@Suite struct CrashTrialTests {
  private static let trials = Clone.variable("HOLDFAST_CRASH_TRIALS").flatMap(Int.init) ?? 100
  private static let seed =
    Clone.variable("HOLDFAST_SEED").flatMap(UInt64.init) ?? UInt64(getpid()) << 20
    ^ monotonicNanoseconds()
  private static let livesOfAWorld = 30

  @Test func whatWasAcceptedIsRetainedOnceUnderItsSessionHoweverTheHostEnds() throws {
    let obstacle = try Tracer.obstacle()
    let only = Clone.variable("HOLDFAST_WORLD").flatMap(Int.init)
    let last = (Self.trials + Self.livesOfAWorld - 1) / Self.livesOfAWorld
    let queue = Worlds(only.map { $0..<($0 + 1) } ?? 0..<last)
    let begin = Moments()
    let workers = (0..<2).map { number in
      NamedThread("worlds-\(number)", stackBytes: 4 << 20) {
        while let world = queue.next() {
          let lives = min(Self.livesOfAWorld, Self.trials - world * Self.livesOfAWorld)
          let tally = Self.tally(of: world, lives: max(1, lives), tracing: obstacle == nil)
          let done = queue.note(tally)
          for problem in tally.problems { print(problem) }
          print("\(done.lives) of \(Self.trials) lives, \(done.problems.count) problems")
          fflush(nil)
        }
      }
    }
    for worker in workers { worker.join() }
    var tally = queue.tally
    tally.seed = Self.seed
    tally.seconds = begin.seconds
    tally.tracer =
      obstacle.map { "faults by a preloaded library alone, since strace says: \($0)" }
      ?? "faults by a preloaded library and by strace"
    print(tally.text)
    for problem in tally.problems { Issue.record("\(problem)") }
    if only == nil, Self.trials >= Self.livesOfAWorld {
      #expect(tally.joined > 0, "no queue was ever full")
    }
    if let path = Clone.variable("HOLDFAST_TRIALS_JSON") { try tally.write(to: path) }
  }

  /// A check of the checks: a disk that says of nothing but syncs that it did them.
  @Test func aDiskThatLiesIsFoundOut() throws {
    let seed = Self.seed
    var world = try World(seed: seed) { dice in
      .power(at: 40 + dice.next(below: 60), seed: dice.next(), fault: ":4:1:100000")
    }
    world.timeToLive = 20_000
    var lost: Int?
    do { lost = try world.run(lives: 8).lost } catch {
      // A world may be beyond help by then: its journal no journal, its talkers without an answer.
      #expect(world.tally.lives > 0, "seed \(seed): no host has lived: \(error)")
    }
    #expect(lost.map { $0 > 0 } ?? true, "seed \(seed)")
  }

  private static func tally(of number: Int, lives: Int, tracing: Bool) -> Tally {
    var dice = Dice(seed: seed ^ UInt64(number) << 32)
    var tally = Tally()
    do {
      var world = try World(seed: dice.next()) { Ordeal(&$0, tracing: tracing) }
      do { tally = try world.run(lives: lives) } catch {
        tally = world.tally
        throw error
      }
    } catch { tally.problems.append("\(error)") }
    tally.problems = tally.problems.map {
      "HOLDFAST_SEED=\(seed) HOLDFAST_WORLD=\(number) HOLDFAST_CRASH_TRIALS=\(trials): \($0)"
    }
    return tally
  }
}

/// The worlds that nobody has taken, and the sum of what came of the others.
private final class Worlds: @unchecked Sendable {
  // Safe: both are used under the monitor's lock.
  private let monitor = Monitor()
  private var rest: Range<Int>
  private var sum = Tally()

  init(_ numbers: Range<Int>) { rest = numbers }

  func next() -> Int? { monitor.withLock { rest.popFirst() } }

  /// Adds what came of one; the sum so far.
  func note(_ tally: Tally) -> Tally {
    monitor.withLock {
      sum = sum + tally
      return sum
    }
  }

  var tally: Tally { monitor.withLock { sum } }
}
