import Glibc
import HoldfastSimulator
import HoldfastThreads

/// Runs a range of seeds on all cores. Each schedule is run by one thread alone.
final class Fleet: @unchecked Sendable {
  // Safe: what changes is read and written under the monitor.
  private let monitor = Monitor()
  private let end: UInt64
  private let first: UInt64
  private let findsAll: Bool
  private let began = monotonicNanoseconds()
  private var next: UInt64
  private var finished: UInt64 = 0
  private var steps: UInt64 = 0
  private var failures: [Schedule.Failure] = []
  private var running = 0

  /// Seeds that a thread takes at a time.
  private static let portion: UInt64 = 64
  /// Failures after which nobody looks for more.
  private static let limit = 1000

  /// The seeds from `first` on; without `findsAll` the first failure ends the run.
  init(first: UInt64, count: UInt64, findsAll: Bool) {
    self.first = first
    self.findsAll = findsAll
    next = first
    end = first + count
  }

  /// False if something was violated.
  func run() -> Bool {
    let threads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    running = threads
    let crew = (1...threads).map { number in
      NamedThread("simulate-\(number)", stackBytes: 8 << 20) { self.work() }
    }
    watch()
    for thread in crew { thread.join() }
    report(threads: threads)
    return failures.isEmpty
  }

  private func work() {
    while let seeds = take() {
      var steps: UInt64 = 0
      for seed in seeds {
        let schedule = Schedule(seed: seed)
        let failure = schedule.run()
        steps += UInt64(schedule.steps)
        if let failure { monitor.withLock { failures.append(failure) } }
      }
      monitor.withLock {
        self.steps += steps
        finished += UInt64(seeds.count)
      }
    }
    monitor.withLock {
      running -= 1
      monitor.wakeAll()
    }
  }

  private func take() -> Range<UInt64>? {
    monitor.withLock {
      let isOver = failures.count >= (findsAll ? Self.limit : 1)
      guard next < end, !isOver else { return nil }
      let portion = next..<min(end, next + Self.portion)
      next = portion.upperBound
      return portion
    }
  }

  /// Shows how far it is, now and then, until all threads have ended.
  private func watch() {
    monitor.lock()
    defer { monitor.unlock() }
    var due = began + 10_000_000_000
    while running > 0 {
      monitor.wait(until: due)
      let now = monotonicNanoseconds()
      guard now >= due, running > 0 else { continue }
      due = now + 10_000_000_000
      let seeds = failures.map { String($0.plan.seed) }.joined(separator: " ")
      let failed = failures.isEmpty ? "" : ", failed: \(seeds)"
      print("\(finished) of \(end - first) schedules, \(rate(at: now)) per second\(failed)")
      fflush(nil)
    }
  }

  private func rate(at now: UInt64) -> UInt64 {
    finished * 1_000_000_000 / max(1, now - began)
  }

  private func report(threads: Int) {
    let now = monotonicNanoseconds()
    for failure in failures.sorted(by: { $0.plan.seed < $1.plan.seed }).dropFirst() {
      print("seed \(failure.plan.seed): \(failure.violation)")
    }
    if let failure = failures.min(by: { $0.plan.seed < $1.plan.seed }) {
      print(
        "\(Minimiser.minimise(failure).report)\n"
          + "make simulate SEED=\(failure.plan.seed) shows all of it")
    }
    let seconds = Double((now - began) / 1_000_000) / 1000
    print(
      "\(finished) schedules in \(seconds) s on \(threads) threads, \(rate(at: now)) per second, "
        + "\(steps) steps: \(failures.isEmpty ? "nothing violated" : "\(failures.count) failed")")
  }
}
