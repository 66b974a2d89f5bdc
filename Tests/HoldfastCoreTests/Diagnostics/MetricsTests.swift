import HoldfastCore
import Testing

/// Figures from events and from the status.
@Suite struct MetricsTests {
  private static func event(
    _ name: DiagnosticEvent.Name, _ fill: (inout DiagnosticEvent) -> Void = { _ in }
  ) -> DiagnosticEvent {
    var event = DiagnosticEvent(name)
    fill(&event)
    return event
  }

  private static func value(
    _ families: [MetricFamily], _ name: String, _ labels: [String] = []
  ) -> Double? {
    let family = families.first { $0.name == "holdfast_" + name }
    guard case .number(let value)? = family?.points.first(where: { $0.labels == labels })?.value
    else { return nil }
    return value
  }

  @Test func allThreeClassesOfAttentionAreThereFromTheStart() {
    var metrics = Metrics()
    for name in ["long_running", "stalled", "stuck"] {
      #expect(Self.value(metrics.families, "session_attention_total", [name]) == 0)
    }
    metrics.take(Self.event(.stalled) { $0.reason = "blocked_tool_call" })
    metrics.take(Self.event(.stuck))
    let families = metrics.families
    #expect(Self.value(families, "session_attention_total", ["stalled"]) == 1)
    #expect(Self.value(families, "session_attention_total", ["long_running"]) == 0)
    #expect(Self.value(families, "session_attention_reasons_total", ["blocked_tool_call"]) == 1)
    #expect(Self.value(families, "session_attention_reasons_total", ["none"]) == 1)
  }

  @Test func everySortOfEventIsCountedSomewhere() {
    let empty = Metrics().families
    for name in DiagnosticEvent.Name.allCases
    where name != .modelStarted && name != .toolStarted && name != .recallStale
      && name != .pluginStarted && name != .lockWaited
    {
      var metrics = Metrics()
      metrics.take(
        Self.event(name) {
          ($0.duration, $0.count, $0.time) = (.seconds(2), 3, WallTime(milliseconds: 5))
        })
      #expect(metrics.families != empty, "\(name)")
    }
  }

  @Test func amountsAreAdded() {
    var metrics = Metrics()
    for count in [3, 4] {
      metrics.take(
        Self.event(.memoryRetained) { ($0.instance, $0.count) = (InstanceID("notes"), count) })
    }
    #expect(Self.value(metrics.families, "memory_retained_turns_total", ["notes"]) == 7)
    #expect(Self.value(metrics.families, "memory_retained_batches_total", ["notes"]) == 2)
    for _ in 0..<3 { metrics.take(Self.event(.pluginLoaded) { $0.instance = InstanceID("notes") }) }
    #expect(Self.value(metrics.families, "plugin_restarts_total", ["notes"]) == 2)
    metrics.take(Self.event(.recoveryCompleted) { $0.outcome = "released" })
    #expect(Self.value(metrics.families, "recovery_completed_total", ["released"]) == 1)
    #expect(Self.value(metrics.families, "recovery_completed_total", ["killed"]) == 0)
  }

  @Test func timesGoIntoTheirLimits() throws {
    var metrics = Metrics()
    for milliseconds in [0.5, 1, 1.5, 200_000] {
      metrics.take(
        Self.event(.queueDequeued) { $0.duration = .nanoseconds(Int64(milliseconds * 1e6)) })
    }
    metrics.take(Self.event(.queueDequeued))
    let family = try #require(metrics.families.first { $0.name == "holdfast_queue_wait_seconds" })
    guard case .histogram(let limits, let counts, let sum)? = family.points.first?.value else {
      Issue.record("no histogram")
      return
    }
    #expect(limits.first == 0.001 && counts.count == limits.count + 1)
    #expect(counts[0] == 2 && counts[1] == 1 && counts.last == 1)
    #expect(abs(sum - 200.003) < 1e-9)
  }

  @Test func labelsAreFewAndNameNobody() throws {
    var metrics = Metrics()
    let session = SessionID(value: 77)
    for number in 0..<1000 {
      metrics.take(
        Self.event(.pluginCallSlow) {
          $0.instance = InstanceID("p\(number)")
          $0.session = session
          $0.subject = "call\(number)"
          $0.reason = "my cat is called Miso"
        })
      metrics.take(Self.event(.stalled) { $0.reason = "The cat \(number) is at home." })
      metrics.take(Self.event(.turnCompleted) { $0.outcome = session.description })
      metrics.take(
        Self.event(.turnCompleted) { $0.outcome = session.description.lowercased() })
      metrics.take(
        Self.event(.lockWaited) { ($0.duration, $0.subject) = (.seconds(1), "a:b:dm:\(number)") })
    }
    for family in metrics.families {
      #expect(family.points.count <= MetricLabel.bound + 1, "\(family.name)")
      #expect(family.points.allSatisfy { $0.labels.count == family.labels.count })
    }
    let text = PrometheusText.render(metrics.families)
    #expect(!text.contains("cat") && !text.lowercased().contains(session.description.lowercased()))
    #expect(Self.value(metrics.families, "session_attention_reasons_total", ["other"]) == 1000)
    #expect(Self.value(metrics.families, "turns_completed_total", ["other"]) == 2000)
    let slow = try #require(
      metrics.families.first { $0.name == "holdfast_plugin_slow_calls_total" })
    let sum = slow.points.reduce(0.0) {
      if case .number(let value) = $1.value { $0 + value } else { $0 }
    }
    #expect(sum == 1000, "what has no room of its own is counted all the same")
  }

  private static var status: HostStatus {
    var status = HostStatus()
    status.state = "degraded"
    status.problems = ["one"]
    status.version = "0.1.0"
    status.readySinceMilliseconds = 1_700_000_000_500
    status.waitingMessages = 3
    status.journalStalls = 2
    var plugin = PluginStatusRow()
    (plugin.instance, plugin.state, plugin.calls, plugin.failures) = ("notes", "running", 9, 1)
    plugin.latency.add(.milliseconds(2))
    status.lockHolds.add(.milliseconds(3))
    for wait in [0, 0, 20] { status.lockWaits.add(.milliseconds(wait)) }
    status.plugins = [plugin]
    for age in [5000, 7000] as [UInt64] {
      var provider = ProviderStatusRow()
      (provider.instance, provider.agent, provider.backlogTurns) = ("notes", "main", 4)
      (provider.recalls, provider.recallHits) = (10, 6)
      provider.oldestAgeMilliseconds = age
      status.providers.append(provider)
    }
    return status
  }

  @Test func theStatusBecomesFigures() {
    let families = MetricFamily.of(Self.status)
    #expect(Self.value(families, "host_responsive") == 1)
    #expect(Self.value(families, "host_degraded") == 1)
    #expect(Self.value(families, "queue_depth") == 3)
    #expect(Self.value(families, "journal_stalls_total") == 2)
    #expect(Self.value(families, "plugin_calls_total", ["notes"]) == 9)
    let holds = families.first { $0.name == "holdfast_lock_hold_seconds" }?.points.first?.value
    guard case .histogram(_, let counts, let sum)? = holds else {
      Issue.record("no figures of how long locks were held")
      return
    }
    #expect(counts[2] == 1 && sum == 0.003)
    let waits = families.first { $0.name == "holdfast_lock_wait_seconds" }?.points.first?.value
    guard case .histogram(_, let short, let all)? = waits else {
      Issue.record("no figures of how long locks were waited for")
      return
    }
    #expect(short[0] == 2 && short[4] == 1 && all == 0.02, "short waits are counted as well")
    // Two enrolments of one agent at one provider are one row of figures.
    #expect(Self.value(families, "memory_backlog_turns", ["notes", "main"]) == 8)
    #expect(
      Self.value(families, "memory_oldest_unacknowledged_seconds", ["notes", "main"]) == 7)
    #expect(Self.value(families, "recall_misses_total", ["notes", "main"]) == 8)
    #expect(Self.value(MetricFamily.of(nil), "host_responsive") == 0)
    #expect(MetricFamily.of(nil).count == 1)
  }

  @Test func longNamesStandForThemselves() {
    var status = HostStatus()
    let names = ["a", "b"].map { String(repeating: "x", count: 63) + $0 }
    for (number, name) in names.enumerated() {
      var plugin = PluginStatusRow()
      (plugin.instance, plugin.state, plugin.calls) = (name, "running", UInt64(number + 1))
      status.plugins.append(plugin)
    }
    let families = MetricFamily.of(status)
    #expect(names.map { Self.value(families, "plugin_calls_total", [$0]) } == [1, 2])
    let times = MetricFamily.of(ProcessRow(), plugins: [names[0]: 3000, names[1]: 4000])
    #expect(names.map { Self.value(times, "plugin_cpu_seconds_total", [$0]) } == [3, 4])
    #expect(MetricLabel.word(names[0]) == "other", "words of others are not names")
  }

  @Test func whatHasNoRoomOfItsOwnIsAddedUp() throws {
    var status = HostStatus()
    let count = MetricLabel.bound + 72
    for number in 0..<count {
      var plugin = PluginStatusRow()
      (plugin.instance, plugin.calls) = ("p\(1000 + number)", 1)
      plugin.state = number == count - 1 ? "failed" : "running"
      plugin.latency.add(.milliseconds(2))
      var provider = ProviderStatusRow()
      (provider.instance, provider.agent, provider.backlogTurns) = (plugin.instance, "main", 2)
      provider.oldestAgeMilliseconds = UInt64(number) * 1000
      status.plugins.append(plugin)
      status.providers.append(provider)
    }
    let families = MetricFamily.of(status)
    for family in families {
      #expect(family.points.count <= MetricLabel.bound + 1, "\(family.name)")
      #expect(Set(family.points.map(\.labels)).count == family.points.count, "\(family.name)")
    }
    #expect(Self.value(families, "plugin_calls_total", ["p1000"]) == 1)
    #expect(Self.value(families, "plugin_calls_total", ["other"]) == 72)
    #expect(Self.value(families, "plugin_running", ["other"]) == 0, "one of them is not in use")
    #expect(Self.value(families, "memory_backlog_turns", ["other", "other"]) == 144)
    #expect(
      Self.value(families, "memory_oldest_unacknowledged_seconds", ["other", "other"])
        == Double(count - 1))
    let calls = families.first { $0.name == "holdfast_plugin_call_duration_seconds" }
    let rest = calls?.points.first { $0.labels == ["other"] }?.value
    guard case .histogram(_, let counts, let sum)? = rest else {
      Issue.record("no figures of how long the others took")
      return
    }
    #expect(counts[1] == 72 && abs(sum - 0.144) < 1e-9)
    let names = status.plugins.map(\.instance)
    let times = MetricFamily.of(
      ProcessRow(), plugins: Dictionary(uniqueKeysWithValues: names.map { ($0, 1000) }))
    #expect(Self.value(times, "plugin_cpu_seconds_total", ["other"]) == 72)
  }

  @Test func noFigureHasTwoNamesOrTwice() {
    let families =
      Metrics().families + MetricFamily.of(Self.status)
      + MetricFamily.of(ProcessRow(), plugins: [:])
    #expect(Set(families.map(\.name)).count == families.count)
    for family in families {
      #expect(family.name.hasPrefix("holdfast_") && family.help.hasSuffix("."))
      #expect(family.name.hasSuffix("_total") == (family.kind == .counter), "\(family.name)")
      #expect(Set(family.points.map(\.labels)).count == family.points.count)
    }
  }

  @Test func theTextIsTheOneThatPrometheusReads() {
    var histogram = LatencyBuckets()
    histogram.add(.milliseconds(30))
    var time = MetricFamily("holdfast_x_seconds", "How long \\ it\ntook.", .histogram)
    guard case .histogram(let limits, let counts, let sum) = MetricFamily.Value.seconds(histogram)
    else { return }
    time.points = [
      .init([], .histogram(limits: Array(limits[3...5]), counts: [0, 0, 1, 0], sum: sum))
    ]
    #expect(counts.reduce(0, +) == 1)
    let text = PrometheusText.render([
      MetricFamily(
        "holdfast_a_total", "Counts \"it\".", .counter, labels: ["plugin", "x"],
        points: [
          .init(["a\"b\\c\nd", ""], .number(3)), .init(["e", "f"], .number(0.25)),
        ]),
      MetricFamily("holdfast_none", "Nothing.", .gauge), time,
      MetricFamily("holdfast_g", "A gauge.", .gauge, points: [.init([], .number(1e300))]),
    ])
    #expect(
      text == """
        # HELP holdfast_a_total Counts "it".
        # TYPE holdfast_a_total counter
        holdfast_a_total{plugin="a\\"b\\\\c\\nd",x=""} 3
        holdfast_a_total{plugin="e",x="f"} 0.25
        # HELP holdfast_x_seconds How long \\\\ it\\ntook.
        # TYPE holdfast_x_seconds histogram
        holdfast_x_seconds_bucket{le="0.01"} 0
        holdfast_x_seconds_bucket{le="0.025"} 0
        holdfast_x_seconds_bucket{le="0.05"} 1
        holdfast_x_seconds_bucket{le="+Inf"} 1
        holdfast_x_seconds_sum 0.03
        holdfast_x_seconds_count 1
        # HELP holdfast_g A gauge.
        # TYPE holdfast_g gauge
        holdfast_g 1e+300

        """)
  }

  @Test func aCollectorIsGivenTheSameFigures() throws {
    let occasion = OpenTelemetryText.Occasion(
      version: "0.1.0", start: WallTime(milliseconds: 1000), now: WallTime(milliseconds: 2000))
    var time = MetricFamily("holdfast_x_seconds", "Time.", .histogram, labels: ["plugin"])
    time.points = [.init(["notes"], .histogram(limits: [0.5], counts: [1, 2], sum: 9.5))]
    let text = OpenTelemetryText.render(
      [
        MetricFamily("holdfast_a_total", "It.", .counter, points: [.init([], .number(3))]), time,
        MetricFamily("holdfast_b_bytes", "It.", .gauge, points: [.init([], .number(5))]),
      ], occasion)
    let json = try JSON(Array(text.utf8))
    guard case .object(let top) = json, case .array(let resources)? = top["resourceMetrics"],
      case .object(let resource)? = resources.first,
      case .array(let scopes)? = resource["scopeMetrics"], case .object(let scope)? = scopes.first,
      case .array(let metrics)? = scope["metrics"]
    else {
      Issue.record("\(text)")
      return
    }
    #expect(
      metrics.map { $0.text() } == [
        #"{"description":"It.","name":"holdfast_a_total","sum":{"aggregationTemporality":2,"#
          + #""dataPoints":[{"asDouble":3,"attributes":[],"startTimeUnixNano":"1000000000","#
          + #""timeUnixNano":"2000000000"}],"isMonotonic":true},"unit":""}"#,
        #"{"description":"Time.","histogram":{"aggregationTemporality":2,"dataPoints":["#
          + #"{"attributes":[{"key":"plugin","value":{"stringValue":"notes"}}],"#
          + #""bucketCounts":["1","2"],"count":"3","explicitBounds":[0.5],"#
          + #""startTimeUnixNano":"1000000000","sum":9.5,"timeUnixNano":"2000000000"}]},"#
          + #""name":"holdfast_x_seconds","unit":"s"}"#,
        #"{"description":"It.","gauge":{"dataPoints":[{"asDouble":5,"attributes":[],"#
          + #""timeUnixNano":"2000000000"}]},"name":"holdfast_b_bytes","unit":"By"}"#,
      ])
  }

  @Test func onlyThisMachinesAddressesAreTaken() {
    for good in ["127.0.0.1:9464", "127.9.9.9:1", "[::1]:0"] {
      #expect(LoopbackAddress(good)?.description == good)
    }
    for bad in [
      "0.0.0.0:9464", "127.0.0.1", ":9464", "localhost:1", "10.0.0.1:1", "127.0.0.1:70000",
      "127.1:1", "127.0.0.01:1", "[::]:1", "::1:1", "127.0.0.1:", "127.0.0.1.:1", "127.0.0.256:1",
    ] { #expect(LoopbackAddress(bad) == nil, "\(bad)") }
  }
}
