/// What is counted of the events of diagnostics since the host started.
public struct Metrics: Sendable {
  /// Figures of one family, by the values of its labels.
  private struct Series: Sendable {
    var counts: [[String]: Double] = [:]
    var histograms: [[String]: LatencyBuckets] = [:]
  }

  private var series: [Series]

  /// Nothing counted yet.
  public init() {
    series = Self.rules.map { rule in
      var series = Series()
      for labels in rule.seeds {
        switch rule.kind {
        case .histogram: series.histograms[labels] = LatencyBuckets()
        case .counter, .gauge: series.counts[labels] = 0
        }
      }
      return series
    }
  }

  /// Counts an event.
  public mutating func take(_ event: DiagnosticEvent) {
    for place in Self.places[event.name] ?? [] {
      let rule = Self.rules[place]
      var labels = rule.values(event)
      switch rule.kind {
      case .counter:
        if series[place].counts[labels] == nil, series[place].counts.count >= MetricLabel.bound {
          labels = rule.labels.map { _ in MetricLabel.other }
        }
        series[place].counts[labels, default: 0] += rule.amount(event)
      case .gauge: series[place].counts[labels] = rule.amount(event)
      case .histogram:
        guard let duration = event.duration else { continue }
        if series[place].histograms[labels] == nil,
          series[place].histograms.count >= MetricLabel.bound
        {
          labels = rule.labels.map { _ in MetricLabel.other }
        }
        series[place].histograms[labels, default: LatencyBuckets()].add(duration)
      }
    }
  }

  /// All families in the order of their explanation, the figures of each in the order of their
  /// labels.
  public var families: [MetricFamily] {
    zip(Self.rules, series).map { rule, series in
      var family = MetricFamily(rule.name, rule.help, rule.kind, labels: rule.labels)
      family.points =
        series.counts.map { .init($0.key, .number($0.value)) }
        + series.histograms.map { .init($0.key, .seconds($0.value)) }
      family.points.sort { $0.labels.lexicographicallyPrecedes($1.labels) }
      return family
    } + [restarts]
  }

  /// Every time that a plugin was loaded but the first.
  private var restarts: MetricFamily {
    var family = MetricFamily(
      "holdfast_plugin_restarts_total", "How often a plugin was loaded again.", .counter,
      labels: ["plugin"])
    guard let place = Self.places[.pluginLoaded]?.first else { return family }
    for (labels, count) in series[place].counts {
      family.points.append(.init(labels, .number(max(0, count - 1))))
    }
    family.points.sort { $0.labels.lexicographicallyPrecedes($1.labels) }
    return family
  }

  // MARK: - Rules

  /// Which events a family counts.
  private struct Rule: Sendable {
    var name: String
    var help: String
    var kind = MetricFamily.Kind.counter
    var events: [DiagnosticEvent.Name]
    var labels: [String] = []
    /// Figures that are there before anything happened.
    var seeds: [[String]] = []
    var values: @Sendable (DiagnosticEvent) -> [String] = { _ in [] }
    var amount: @Sendable (DiagnosticEvent) -> Double = { _ in 1 }

    init(
      _ name: String, _ help: String, _ kind: MetricFamily.Kind = .counter,
      of events: DiagnosticEvent.Name...
    ) {
      self.name = "holdfast_" + name
      self.help = help
      self.kind = kind
      self.events = events
      seeds = [[]]
    }

    func by(
      _ labels: String..., seeds: [[String]] = [],
      values: @escaping @Sendable (DiagnosticEvent) -> [String]
    ) -> Rule {
      var rule = self
      (rule.labels, rule.seeds, rule.values) = (labels, seeds, values)
      return rule
    }

    func byPlugin() -> Rule { by("plugin") { [MetricLabel.name($0.instance)] } }

    func byPluginAndOutcome() -> Rule {
      by("plugin", "outcome") { [MetricLabel.name($0.instance), MetricLabel.word($0.outcome)] }
    }

    func adding(_ amount: @escaping @Sendable (DiagnosticEvent) -> Double) -> Rule {
      var rule = self
      rule.amount = amount
      return rule
    }
  }

  private static let places: [DiagnosticEvent.Name: [Int]] = {
    var places: [DiagnosticEvent.Name: [Int]] = [:]
    for (place, rule) in rules.enumerated() {
      for name in rule.events { places[name, default: []].append(place) }
    }
    return places
  }()

  private static let rules = sessionRules + workRules + pluginRules + memoryRules + hostRules

  private static let recoveryOutcomes = [
    "cancelled", "fenced", "killed", "released", "skipped", "noop", "failed", "ineffective",
  ]

  private static let sessionRules: [Rule] = [
    Rule(
      "session_attention_total", "Reports that a session needs attention, by class.",
      of: .longRunning, .stalled, .stuck
    ).by("class", seeds: [["long_running"], ["stalled"], ["stuck"]]) {
      [String($0.name.rawValue.dropFirst("session.".count))]
    },
    Rule(
      "session_attention_reasons_total", "Reports that a session needs attention, by reason.",
      of: .longRunning, .stalled, .stuck
    ).by("reason") { [MetricLabel.word($0.reason)] },
    Rule("recovery_requested_total", "Recoveries that were asked for.", of: .recoveryRequested),
    Rule(
      "recovery_completed_total", "Recoveries that came to an end, by outcome.",
      of: .recoveryCompleted
    ).by("outcome", seeds: recoveryOutcomes.map { [$0] }) { [MetricLabel.word($0.outcome)] },
    Rule(
      "session_state_changes_total", "Changes of sessions' lanes, by the state after them.",
      of: .sessionState
    ).by("state") { [MetricLabel.word($0.subject)] },
  ]

  private static let workRules: [Rule] = [
    Rule("queue_enqueued_total", "Messages that were accepted.", of: .queueEnqueued),
    Rule(
      "queue_wait_seconds", "How long messages waited for their turn.", .histogram,
      of: .queueDequeued),
    Rule("turns_started_total", "Turns that began.", of: .turnStarted),
    Rule("turns_completed_total", "Turns that came to their end, by outcome.", of: .turnCompleted)
      .by("outcome") { [MetricLabel.word($0.outcome)] },
    Rule("turn_duration_seconds", "How long turns took.", .histogram, of: .turnCompleted),
    Rule("model_calls_total", "Answers of models, by outcome.", of: .modelEnded)
      .byPluginAndOutcome(),
    Rule("model_call_duration_seconds", "How long models took.", .histogram, of: .modelEnded)
      .byPlugin(),
    Rule("tool_calls_total", "Answers of tools, by outcome.", of: .toolEnded)
      .byPluginAndOutcome(),
    Rule("tool_call_duration_seconds", "How long tools took.", .histogram, of: .toolEnded)
      .byPlugin(),
    Rule(
      "lock_timeouts_total", "Session's locks that were waited for or held too long, by outcome.",
      of: .lockTimeout
    ).by("outcome") { [MetricLabel.word($0.outcome)] },
  ]

  private static let pluginRules: [Rule] = [
    Rule("plugin_loads_total", "How often a plugin was loaded.", of: .pluginLoaded).byPlugin(),
    Rule(
      "plugin_crashes_total", "How often a plugin ended or failed unasked.", of: .pluginCrashed
    ).byPlugin(),
    Rule(
      "plugin_quarantines_total", "How often nothing more was asked of a plugin.",
      of: .pluginQuarantined
    ).byPlugin(),
    Rule("plugin_slow_calls_total", "Calls that passed their deadline.", of: .pluginCallSlow)
      .by("plugin", "call") { [MetricLabel.name($0.instance), MetricLabel.word($0.subject)] },
  ]

  private static let memoryRules: [Rule] = [
    Rule("memory_retained_batches_total", "Batches that were acknowledged.", of: .memoryRetained)
      .byPlugin(),
    Rule("memory_retained_turns_total", "Turns that were acknowledged.", of: .memoryRetained)
      .byPlugin().adding { Double($0.count ?? 0) },
    Rule(
      "memory_retain_failures_total", "Batches that were not acknowledged, by reason.",
      of: .memoryRetainFailed
    ).by("plugin", "reason") { [MetricLabel.name($0.instance), MetricLabel.word($0.reason)] },
    Rule("memory_parked_total", "Batches that were refused for good.", of: .memoryParked)
      .byPlugin(),
  ]

  private static let hostRules: [Rule] = [
    Rule(
      "liveness_warnings_total", "Threads that did not come to their work.", of: .livenessWarning
    )
    .by("subject") {
      [$0.instance.map { MetricLabel.name($0) } ?? MetricLabel.word($0.subject)]
    },
    Rule("heartbeats_total", "Looks at every busy session.", of: .heartbeat),
    Rule(
      "heartbeat_timestamp_seconds", "Unix time of the last look at every busy session.", .gauge,
      of: .heartbeat
    ).adding { Double($0.time.milliseconds) / 1000 },
  ]
}

extension MetricFamily.Value {
  /// Times in seconds.
  public static func seconds(_ histogram: LatencyBuckets) -> Self {
    let limits = LatencyBuckets.limits.map { $0 / 1000 }
    let counts =
      histogram.counts.isEmpty
      ? Array(repeating: 0, count: limits.count + 1) : histogram.counts
    return .histogram(limits: limits, counts: counts, sum: histogram.sumMilliseconds / 1000)
  }
}
