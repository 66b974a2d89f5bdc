internal import CMetrics
internal import Glibc
internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastPorts
internal import HoldfastThreads

/// Counts what happens, gives the figures to whoever asks on this machine, and sends them to a
/// collector. Only made where the configuration asks for it.
final class MetricsService: @unchecked Sendable {
  // Safe: `start`, `metrics` and `pushes` are used under the monitor's lock; `server` and `sender`
  // only by whoever starts and stops it, which is one thread after the other.

  /// What it needs of the host.
  struct Surroundings: Sendable {
    /// The status, nil if the host does not answer in time. Blocks.
    var status: @Sendable () -> HostStatus?
    /// The plugins whose threads there are.
    var plugged: @Sendable () -> [WatchedPlugin]
    var log: @Sendable (LogLine) -> Void
  }

  /// Attempts to send figures.
  private struct Pushes {
    var ok = 0
    var failed = 0
  }

  private let settings: MetricsSettings
  private let around: Surroundings
  private let began = bootNanoseconds()
  private let monitor = Monitor()
  private var start = StartTime(.now)
  private var metrics = Metrics()
  private var pushes = Pushes()
  private var server: OpaquePointer?
  private var sender: MetricsSender?

  /// Nothing is opened yet.
  init(_ settings: MetricsSettings, _ around: Surroundings) {
    self.settings = settings
    self.around = around
  }

  /// Counts an event; on any thread, without waiting.
  func take(_ event: DiagnosticEvent) { monitor.withLock { metrics.take(event) } }

  /// Begins to give and to send.
  func begin() {
    if let address = settings.listen { serve(at: address) }
    if let url = settings.collectorURL {
      sender = MetricsSender(settings, url: url, log: around.log) { [weak self] in
        self?.bodyOfPush() ?? []
      } told: { [weak self] isSent in
        self?.monitor.withLock {
          if isSent { self?.pushes.ok += 1 } else { self?.pushes.failed += 1 }
        }
      }
    }
  }

  /// Ends both; returns when nobody is being answered any more.
  func end() {
    sender?.end()
    sender = nil
    if let server { cmetrics_server_stop(server) }
    server = nil
  }

  private func serve(at address: LoopbackAddress) {
    var problem: Int32 = 0
    let context = Unmanaged.passUnretained(self).toOpaque()
    server = cmetrics_server_start(
      address.host, address.port, PrometheusText.contentType,
      { context, page in
        guard let context else { return }
        let service = Unmanaged<MetricsService>.fromOpaque(context).takeUnretainedValue()
        let text = Array(PrometheusText.render(service.families()).utf8)
        cmetrics_page_set(page, text, text.count)
      }, context, &problem)
    if let server {
      var bound = address
      bound.port = cmetrics_server_port(server)
      around.log(LogLine(.info, "figures are at http://\(bound)/metrics"))
    } else {
      around.log(LogLine(.error, Self.sentence(address, problem)))
    }
  }

  private static func sentence(_ address: LoopbackAddress, _ problem: Int32) -> String {
    let what = "nobody is given figures at \(address): "
    switch problem {
    case Int32(CMETRICS_NO_LIBRARY):
      return what + "there is no libmicrohttpd; install it (Debian: libmicrohttpd12), or remove "
        + "metrics.listen"
    case EADDRINUSE:
      return what + "another program has that port; end it, or name another in metrics.listen"
    default: return what + "\(systemText(problem)); name another address in metrics.listen"
    }
  }

  /// All figures as they are now. Blocks for as long as the host may take to answer.
  func families() -> [MetricFamily] {
    // Those who count wait for the lock, and a copy is made sooner than a text.
    let (counted, pushes) = monitor.withLock { (metrics, self.pushes) }
    var families =
      counted.families + MetricFamily.of(around.status())
      + MetricFamily.of(ProcessFigures.row(), plugins: Self.processorTimes(around.plugged()))
    if settings.collectorURL != nil {
      var family = MetricFamily(
        "holdfast_otlp_pushes_total", "Attempts to send figures, by outcome.", .counter,
        labels: ["outcome"])
      for (outcome, count) in [("failed", pushes.failed), ("ok", pushes.ok)] {
        family.points.append(MetricFamily.Point([outcome], .number(Double(count))))
      }
      families.append(family)
    }
    return families
  }

  private func bodyOfPush() -> [UInt8] {
    let (now, age) = (WallTime.now, Duration.nanoseconds(Int64(bootNanoseconds() - began)))
    let start = monitor.withLock { self.start.wall(at: now, after: age) }
    let occasion = OpenTelemetryText.Occasion(version: Holdfast.version, start: start, now: now)
    return Array(OpenTelemetryText.render(families(), occasion).utf8)
  }

  /// What the threads of each plugin have computed, in milliseconds.
  static func processorTimes(_ plugins: [WatchedPlugin]) -> [String: UInt64] {
    var times: [String: UInt64] = [:]
    for plugin in plugins {
      let time = plugin.former + plugin.port.processorTime
      times[plugin.instance.description] = time.milliseconds
    }
    return times
  }
}

/// Since the machine started, also while it was asleep.
private func bootNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_BOOTTIME, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
