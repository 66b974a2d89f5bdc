import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastThreads

/// Looks at the host while the crowd is at it, from a thread of its own and from other processes.
final class CrowdWatch: @unchecked Sendable {
  // Safe: what changes is used under the monitor's lock, or after the thread has ended.

  /// A distribution of delays, in milliseconds.
  struct Delays {
    var p50 = 0.0
    var p99 = 0.0
    var p999 = 0.0
    var max = 0.0
    var samples = 0
  }

  /// What was seen.
  struct Observation {
    var engine = Delays()
    /// What a thread in another process is kept from its work that computes for 1 ms, then sleeps
    /// until the next 10 ms.
    var bystander = Samples([])
    var asked: [(seconds: Double, milliseconds: Double)] = []
    var commands: [(seconds: Double, milliseconds: Double)] = []
    var engineSeries: [(seconds: Double, milliseconds: Double)] = []
    var processorShare = 0.0
    var residentMiB = 0.0
    var threads = 0
    var locks: [String] = []
  }

  private let host: CrowdHost
  private let monitor = Monitor()
  private var isOver = false
  private var observation = Observation()
  private var thread: NamedThread?
  private var bystander: NamedThread?
  private var lateness: [Double] = []
  private let began = nanoseconds()
  private let processorBefore: Double

  init(_ host: CrowdHost) {
    self.host = host
    processorBefore = host.child.processorTime()
    thread = NamedThread("watch", stackBytes: 1 << 20) { [self] in run() }
    bystander = NamedThread("bystander", stackBytes: 1 << 18) { [self] in standBy() }
  }

  /// What was seen until now.
  func end() -> Observation {
    monitor.withLock { isOver = true }
    monitor.wakeAll()
    thread?.join()
    bystander?.join()
    observation.bystander = Samples(lateness)
    let elapsed = Double(nanoseconds() - began)
    observation.processorShare = (host.child.processorTime() - processorBefore) / elapsed
    look()
    lookAtExecutors()
    if case .locks(let report)? = try? host.control.ask(.locks) {
      observation.locks = [
        Self.text("session lock, waited for", report.waits),
        Self.text("session lock, held", report.holds),
      ]
    }
    return observation
  }

  private static func text(_ name: String, _ delay: DelayFigures) -> String {
    "\(name): p50 \(delay.p50Milliseconds) ms, p99 \(delay.p99Milliseconds) ms, "
      + "p99.9 \(delay.p999Milliseconds) ms, max \(delay.maxMilliseconds) ms, "
      + "of \(grouped(Int(delay.samples)))"
  }

  /// What the host's own probes say.
  private func lookAtExecutors() {
    guard let status = host.status(),
      let row = status.executors.first(where: { $0.name == "engine" })
    else { return }
    observation.engine = Delays(
      p50: row.sinceStart.p50Milliseconds, p99: row.sinceStart.p99Milliseconds,
      p999: row.sinceStart.p999Milliseconds, max: row.sinceStart.maxMilliseconds,
      samples: Int(row.sinceStart.samples))
    observation.engineSeries.append((seconds, row.p999Milliseconds))
  }

  private func run() {
    var round = 0
    while !monitor.withLock({ isOver }) {
      round += 1
      ask()
      if round % 10 == 0 {
        lookAtExecutors()
        command()
        look()
      }
      let due = nanoseconds() + 100_000_000
      monitor.withLock { if !isOver { monitor.wait(until: due) } }
    }
  }

  /// What the machine and the load take of anybody who has something to do.
  private func standBy() {
    while !monitor.withLock({ isOver }) {
      let due = nanoseconds() + 10_000_000
      var rest = timespec(tv_sec: Int(due / 1_000_000_000), tv_nsec: Int(due % 1_000_000_000))
      while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &rest, nil) == EINTR {}
      let before = Self.computed()
      while Self.computed() - before < 1_000_000 {}
      lateness.append(Double(nanoseconds() - due - (Self.computed() - before)) / 1e6)
    }
  }

  /// By this thread, in nanoseconds.
  private static func computed() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private var seconds: Double { milliseconds(since: began) / 1000 }

  /// A question on the control socket.
  private func ask() {
    let start = nanoseconds()
    guard (try? host.control.ask(.sessions(before: nil, limit: 1, includeHidden: false))) != nil
    else { return }
    observation.asked.append((seconds, milliseconds(since: start)))
  }

  /// A command of its own process.
  private func command() {
    let start = nanoseconds()
    let words = [host.holdfast, "sessions", "list", "--json", "--state-dir", host.state]
    guard let child = try? Child(words) else { return }
    _ = child.lines()
    child.wait()
    observation.commands.append((seconds, milliseconds(since: start)))
  }

  private func look() {
    observation.residentMiB = max(observation.residentMiB, host.child.memory("VmRSS") / 1024)
    observation.threads = max(
      observation.threads, names(in: "/proc/\(host.child.pid)/task").count)
  }
}

extension CrowdWatch.Observation {
  /// The figures, a line each.
  var lines: [String] {
    let asked = Samples(asked.map(\.milliseconds))
    let commands = Samples(commands.map(\.milliseconds))
    return [
      "executor delay: p50 \(short(engine.p50)) ms, p99 \(short(engine.p99)) ms, "
        + "p99.9 \(short(engine.p999)) ms, max \(short(engine.max)) ms, "
        + "of \(grouped(engine.samples)) probes",
      "a thread of another process that works for 1 ms every 10 ms is kept from it for: "
        + "p50 \(short(bystander.median)) ms, p99 \(short(bystander.quantile(0.99))) ms, "
        + "p99.9 \(short(bystander.quantile(0.999))) ms, max \(short(bystander.quantile(1))) ms",
      "question on the control socket: median \(short(asked.median)) ms, "
        + "p99 \(short(asked.quantile(0.99))) ms, of \(asked.count)",
      "`sessions list` as a process: median \(short(commands.median)) ms, "
        + "max \(short(commands.quantile(1))) ms, of \(commands.count)",
      "processor: \(short(processorShare * 100)) % of one core; resident memory: "
        + "\(short(residentMiB)) MiB; \(threads) threads",
    ] + locks
  }

  /// Delay over time.
  func picture(agents: Int) -> DelayPicture {
    DelayPicture(
      title: "\(grouped(agents)) agents: delay over time",
      series: [
        .init(name: "executor p99.9, last minute", colour: "#06c", points: engineSeries),
        .init(name: "question on the socket", colour: "#690", points: asked),
        .init(name: "command line", colour: "#a50", points: commands),
      ], bound: 5)
  }
}
