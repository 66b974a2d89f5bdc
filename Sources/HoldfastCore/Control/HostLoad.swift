/// A distribution of times: how long something waits, or takes.
public struct DelayFigures: Codable, Sendable, Equatable {
  /// The median.
  public var p50Milliseconds: Double = 0
  /// The 99th percentile.
  public var p99Milliseconds: Double = 0
  /// The 99.9th percentile.
  public var p999Milliseconds: Double = 0
  /// The longest.
  public var maxMilliseconds: Double = 0
  /// How many values these are.
  public var samples: UInt64 = 0

  /// Of nothing.
  public init() {}

  /// Of what a histogram holds.
  public init(_ histogram: LatencyHistogram) {
    p50Milliseconds = Self.milliseconds(histogram.quantile(0.5))
    p99Milliseconds = Self.milliseconds(histogram.quantile(0.99))
    p999Milliseconds = Self.milliseconds(histogram.quantile(0.999))
    maxMilliseconds = Self.milliseconds(histogram.largest)
    samples = histogram.count
  }

  /// To the microsecond.
  private static func milliseconds(_ nanoseconds: UInt64) -> Double {
    Double(nanoseconds / 1000) / 1000
  }
}

/// One of the host's own threads: how long whatever is handed to it waits for its turn.
public struct ExecutorRow: Codable, Sendable, Equatable {
  /// `engine`, `journal`, `reader`; `probe` is the one that measures, and how late the machine lets
  /// it run.
  public var name = ""
  /// Of the last minute: the median.
  public var p50Milliseconds: Double = 0
  /// The 99th percentile.
  public var p99Milliseconds: Double = 0
  /// The 99.9th percentile.
  public var p999Milliseconds: Double = 0
  /// The longest.
  public var maxMilliseconds: Double = 0
  /// How many values these are.
  public var samples: UInt64 = 0
  /// All that was seen since the host started.
  public var sinceStart = DelayFigures()
  /// How long a probe is out now, 0 if none is.
  public var outstandingMilliseconds: Double = 0

  /// A thread that was not probed.
  public init() {}

  /// A thread with its delay over the last minute.
  public init(_ name: String, _ delay: DelayFigures, sinceStart: DelayFigures) {
    self.name = name
    p50Milliseconds = delay.p50Milliseconds
    p99Milliseconds = delay.p99Milliseconds
    p999Milliseconds = delay.p999Milliseconds
    maxMilliseconds = delay.maxMilliseconds
    samples = delay.samples
    self.sinceStart = sinceStart
  }
}

/// What the host's process uses.
public struct ProcessRow: Codable, Sendable, Equatable {
  /// Processor time since the start of all its threads.
  public var cpuMilliseconds: UInt64 = 0
  /// The same over the last minute, in hundredths of a core.
  public var cpuPercent: Double = 0
  /// Memory that it has in use.
  public var residentBytes: UInt64 = 0
  /// Open descriptors.
  public var descriptors = 0
  /// Threads, plugins' own included.
  public var threads = 0
  /// What the kernel says of the whole machine; empty where it does not.
  public var pressure: [PressureRow] = []

  /// A process that was not looked at.
  public init() {}
}

/// A call that a thread of a plugin is in.
public struct CallInProgress: Codable, Sendable, Equatable {
  /// The instance.
  public var plugin = ""
  /// The call, such as `retain`.
  public var call = ""
  /// The session that it is about, empty for none.
  public var session = ""
  /// How long it has held its thread.
  public var ageMilliseconds: UInt64 = 0
  /// Unix time in milliseconds at which it began.
  public var sinceMilliseconds: Int64 = 0
  /// What the thread does meanwhile.
  public var activity = CallActivity.unknown

  /// No call.
  public init() {}
}

/// The calls of one name that were made to a plugin.
public struct CallRow: Codable, Sendable, Equatable {
  /// Such as `retain`; `event` for all events.
  public var call = ""
  /// How many, since the host started.
  public var count: UInt64 = 0
  /// How many failed.
  public var failures: UInt64 = 0
  /// How many were not answered in time.
  public var timeouts: UInt64 = 0
  /// From the call to its answer.
  public var latency = DelayFigures()

  /// A row.
  public init() {}
}

/// What a plugin costs and how it does, since the host started unless said otherwise.
public struct PluginLoadRow: Codable, Sendable, Equatable {
  /// Name in the configuration.
  public var instance = ""
  /// As in `status`.
  public var state = ""
  /// Processor time of the threads that the host made for it, also of those that have ended; not of
  /// threads that it makes itself.
  public var cpuMilliseconds: UInt64 = 0
  /// The same over the last minute, in hundredths of a core.
  public var cpuPercent: Double = 0
  /// Calls made.
  public var calls: UInt64 = 0
  /// Calls that failed, without those that were not answered in time.
  public var failures: UInt64 = 0
  /// Calls that were not answered in time.
  public var timeouts: UInt64 = 0
  /// Answers that came late or twice and were refused.
  public var staleAnswers: UInt64 = 0
  /// Calls without an answer yet.
  public var outstanding = 0
  /// Events handled.
  public var events: UInt64 = 0
  /// Events that it has not handled yet.
  public var eventBacklog: UInt64 = 0
  /// Events and calls that wait for a thread of its own now.
  public var waiting = 0
  /// How long whatever is handed to it waits for its thread, over the last minute.
  public var delay = DelayFigures()
  /// The same since the start.
  public var delaySinceStart = DelayFigures()
  /// From a call to its answer, all calls but events together.
  public var latency = DelayFigures()
  /// Call by call.
  public var callRows: [CallRow] = []
  /// What its threads are in now, the longest first.
  public var inProgress: [CallInProgress] = []

  /// A row.
  public init() {}
}

/// What everything in a host costs, and how long it makes others wait.
public struct HostLoad: Codable, Sendable, Equatable {
  /// Unix time in milliseconds of this answer.
  public var timeMilliseconds: Int64 = 0
  /// The process.
  public var process = ProcessRow()
  /// The host's own threads.
  public var executors: [ExecutorRow] = []
  /// Every configured plugin.
  public var plugins: [PluginLoadRow] = []

  /// A host that was not looked at.
  public init() {}
}
