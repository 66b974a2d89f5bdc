internal import CMetrics
internal import Glibc
internal import HoldfastCore
internal import HoldfastThreads

/// Sends figures to a collector again and again, on a thread of its own. A collector that is away
/// is told of once, and once more when it is back.
final class MetricsSender: @unchecked Sendable {
  // Safe: `isOver`, `isRunning` and `client` are used under the monitor's lock; the client itself
  // is used by its thread, and cancelled from others, which it is made for.

  /// One attempt takes this long at most.
  private static let patience: UInt32 = 5000

  private let settings: MetricsSettings
  private let url: String
  private let log: @Sendable (LogLine) -> Void
  private let body: @Sendable () -> [UInt8]
  private let told: @Sendable (_ isSent: Bool) -> Void
  private let monitor = Monitor()
  private var isOver = false
  private var isRunning = true
  private var client: OpaquePointer?
  private var thread: NamedThread?

  /// Begins at once.
  init(
    _ settings: MetricsSettings, url: String, log: @escaping @Sendable (LogLine) -> Void,
    body: @escaping @Sendable () -> [UInt8], told: @escaping @Sendable (_ isSent: Bool) -> Void
  ) {
    self.settings = settings
    self.url = url
    self.log = log
    self.body = body
    self.told = told
    thread = NamedThread("hf-otlp") { [self] in run() }
  }

  /// Ends an attempt in progress and waits for the thread, a second at most: some libraries wait
  /// for whoever looks up a name, and cannot be told to stop.
  func end() {
    let end = monotonicNanoseconds() + 1_000_000_000
    let hasEnded = monitor.withLock {
      isOver = true
      if let client { cmetrics_client_cancel(client) }
      monitor.wakeAll()
      while isRunning, monotonicNanoseconds() < end { monitor.wait(until: end) }
      return !isRunning
    }
    if hasEnded { thread?.join() } else { thread?.detach() }
    thread = nil
  }

  private func run() {
    send()
    monitor.withLock { isRunning = false }
    monitor.wakeAll()
  }

  private func send() {
    guard let client = cmetrics_client_make() else {
      log(
        LogLine(
          .error,
          "no figures are sent: there is no libcurl; install it (Debian: libcurl4), or "
            + "remove metrics.otlp_url"))
      return
    }
    defer {
      monitor.withLock { self.client = nil }
      cmetrics_client_free(client)
    }
    _ = cmetrics_client_header(client, "Content-Type: application/json")
    for (name, value) in settings.collectorHeaders.sorted(by: { $0.key < $1.key }) {
      if case .string(let text) = value { _ = cmetrics_client_header(client, "\(name): \(text)") }
      if case .secret(let text) = value { _ = cmetrics_client_header(client, "\(name): \(text)") }
    }
    var isAway = false
    guard
      !monitor.withLock({
        self.client = client; return isOver
      })
    else { return }
    while waitForTurn() {
      let problem = attempt(client)
      if monitor.withLock({ isOver }) { return }
      told(problem == nil)
      if let problem, !isAway {
        log(
          LogLine(
            .warning,
            "figures cannot be sent to \(RedactedConfiguration.withoutCredentials(url)): "
              + "\(problem); this is tried again, and told when it works"))
      }
      if problem == nil, isAway { log(LogLine(.info, "figures are sent again")) }
      isAway = problem != nil
    }
  }

  /// False at the end.
  private func waitForTurn() -> Bool {
    let end = monotonicNanoseconds() + settings.collectorInterval.nanoseconds
    return monitor.withLock {
      while !isOver, monotonicNanoseconds() < end { monitor.wait(until: end) }
      return !isOver
    }
  }

  /// Nil if it was sent, else why not.
  private func attempt(_ client: OpaquePointer) -> String? {
    let bytes = body()
    let status = cmetrics_client_post(client, url, bytes, bytes.count, Self.patience)
    if (200..<300).contains(status) { return nil }
    if status >= 0 { return "the collector answers with status \(status)" }
    return String(cString: cmetrics_client_problem(client)).lowercased()
  }
}
