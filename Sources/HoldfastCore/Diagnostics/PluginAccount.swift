/// What was asked of one plugin since the host started, and how long it took, call by call.
struct PluginAccount: Sendable, Equatable {
  /// The calls of one name.
  struct Calls: Sendable, Equatable {
    let name: String
    var count: UInt64 = 0
    /// Answers that said no, without those that did not come.
    var failures: UInt64 = 0
    /// Answers that did not come in time.
    var timeouts: UInt64 = 0
    /// From the call to its answer.
    var latency = LatencyHistogram()

    init(name: String) { self.name = name }
  }

  /// There are few names, so that looking through them is quicker than a dictionary.
  private(set) var calls: [Calls] = []
  /// Calls without an answer yet.
  private(set) var outstanding = 0
  /// Events that were handled.
  private(set) var events: UInt64 = 0
  /// Those that the plugin said it could not handle.
  private(set) var failedEvents: UInt64 = 0
  /// How long it was at events, each time it said that it had handled some.
  private(set) var eventLatency = LatencyHistogram()

  /// A call goes out.
  mutating func began(_ name: String) {
    calls[place(of: name)].count += 1
    outstanding += 1
  }

  /// The answer to a call that went out came after so long, or did not come in time.
  mutating func ended(_ name: String, after latency: Duration, _ status: PluginStatus) {
    let place = place(of: name)
    calls[place].latency.record(latency.nanoseconds)
    if status == .timeout {
      calls[place].timeouts += 1
    } else if status.isFailure {
      calls[place].failures += 1
    }
    outstanding = max(0, outstanding - 1)
  }

  /// Nobody wants the answer to a call any more.
  mutating func cancelled() { outstanding = max(0, outstanding - 1) }

  /// Events were handled, at which the plugin was since `began`.
  mutating func handled(_ count: Int, failures: Int, since began: Instant?, at now: Instant) {
    events += UInt64(max(0, count))
    failedEvents += UInt64(max(0, failures))
    if let began, count > 0 { eventLatency.record(now.since(began).nanoseconds) }
  }

  private mutating func place(of name: String) -> Int {
    if let place = calls.firstIndex(where: { $0.name == name }) { return place }
    calls.append(Calls(name: name))
    return calls.count - 1
  }
}
