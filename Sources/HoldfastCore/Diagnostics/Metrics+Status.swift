extension MetricFamily {
  /// What `status` shows, as figures. Without a status the host did not answer in time; that is the
  /// only figure then.
  public static func of(_ status: HostStatus?) -> [MetricFamily] {
    let responsive = gauge(
      "host_responsive", "Whether the host's rules answered in time.", status == nil ? 0 : 1)
    guard let status else { return [responsive] }
    return [responsive] + host(status) + plugins(status.plugins) + memory(status.providers)
  }

  /// What the process takes, and what the threads of each plugin have computed in milliseconds.
  public static func of(_ process: ProcessRow, plugins: [String: UInt64]) -> [MetricFamily] {
    [
      single(
        "process_cpu_seconds_total", "What all threads have computed.", .counter,
        Double(process.cpuMilliseconds) / 1000),
      gauge(
        "process_resident_memory_bytes", "Resident memory.", Double(process.residentBytes)),
      gauge("process_open_descriptors", "Open descriptors.", Double(process.descriptors)),
      gauge("process_threads", "Threads.", Double(process.threads)),
      MetricFamily(
        "holdfast_plugin_cpu_seconds_total",
        "What the threads on which a plugin is called have computed.", .counter,
        labels: ["plugin"],
        points: MetricLabel.groups(plugins.sorted { $0.key < $1.key }) {
          [MetricLabel.name($0.key)]
        }.map { labels, rows in
          Point(labels, .number(Double(rows.reduce(0) { $0 + $1.value }) / 1000))
        }),
    ]
  }

  private static func single(
    _ name: String, _ help: String, _ kind: Kind, _ value: Double
  ) -> MetricFamily {
    MetricFamily("holdfast_" + name, help, kind, points: [Point([], .number(value))])
  }

  private static func gauge(_ name: String, _ help: String, _ value: Double) -> MetricFamily {
    single(name, help, .gauge, value)
  }

  private static func host(_ status: HostStatus) -> [MetricFamily] {
    [
      MetricFamily(
        "holdfast_host_info", "The version that runs.", .gauge, labels: ["version"],
        points: [Point([MetricLabel.word(status.version)], .number(1))]),
      gauge(
        "host_start_time_seconds", "Unix time at which the host started.",
        Double(status.readySinceMilliseconds) / 1000),
      gauge(
        "host_degraded", "Whether something needs a person.", status.state == "degraded" ? 1 : 0),
      gauge("host_problems", "How many things need a person.", Double(status.problems.count)),
      gauge("turns_running", "Turns that run.", Double(status.runningTurns)),
      gauge("tools_running", "Tools that are being called.", Double(status.runningTools)),
      gauge("queue_depth", "Messages that wait for their turn.", Double(status.waitingMessages)),
      gauge("replies_pending", "Replies that wait to be delivered.", Double(status.pendingReplies)),
      gauge(
        "replies_unknown", "Replies that may or may not have been delivered.",
        Double(status.unknownReplies)),
      gauge(
        "inputs_set_aside", "Messages set aside after they had ended the host.",
        Double(status.inputsSetAside)),
      single(
        "journal_stalls_total", "How often the journal could not be written for a while.", .counter,
        Double(status.journalStalls)),
      MetricFamily(
        "holdfast_lock_hold_seconds", "How long decisions kept a session's lock.", .histogram,
        points: [Point([], .seconds(status.lockHolds))]),
      MetricFamily(
        "holdfast_lock_wait_seconds", "How long decisions waited for a session's lock.",
        .histogram, points: [Point([], .seconds(status.lockWaits))]),
    ]
  }

  private static func plugins(_ rows: [PluginStatusRow]) -> [MetricFamily] {
    let groups = MetricLabel.groups(rows) { [MetricLabel.name($0.instance)] }
    func family(
      _ name: String, _ help: String, _ kind: Kind, _ value: ([PluginStatusRow]) -> Value
    ) -> MetricFamily {
      MetricFamily(
        "holdfast_plugin_" + name, help, kind, labels: ["plugin"],
        points: groups.map { Point($0.labels, value($0.rows)) })
    }
    func sums(
      _ name: String, _ help: String, _ kind: Kind, _ value: (PluginStatusRow) -> UInt64
    ) -> MetricFamily {
      family(name, help, kind) { rows in .number(Double(rows.reduce(0) { $0 + value($1) })) }
    }
    return [
      family("running", "Whether a plugin is in use.", .gauge) { rows in
        .number(rows.allSatisfy { $0.state == "running" } ? 1 : 0)
      },
      sums("calls_total", "Calls to a plugin.", .counter) { $0.calls },
      sums("errors_total", "Calls that failed.", .counter) { $0.failures },
      sums("timeouts_total", "Calls that passed their deadline.", .counter) { $0.timeouts },
      sums("stale_answers_total", "Answers that came late or twice.", .counter) {
        $0.staleAnswers
      },
      sums("event_backlog", "Events that a plugin has not handled yet.", .gauge) {
        $0.eventBacklog
      },
      family("call_duration_seconds", "How long a plugin's answers took.", .histogram) { rows in
        var sum = LatencyBuckets()
        for row in rows { sum.add(row.latency) }
        return .seconds(sum)
      },
    ]
  }

  /// A provider may have several enrolments of one agent; their figures are one.
  private static func memory(_ rows: [ProviderStatusRow]) -> [MetricFamily] {
    let groups = MetricLabel.groups(rows) {
      [MetricLabel.name($0.instance), MetricLabel.name($0.agent)]
    }
    func family(
      _ name: String, _ help: String, _ kind: Kind, _ value: (ProviderStatusRow) -> Double,
      by combine: (Double, Double) -> Double = { $0 + $1 }
    ) -> MetricFamily {
      MetricFamily(
        "holdfast_" + name, help, kind, labels: ["plugin", "agent"],
        points: groups.map { Point($0.labels, .number($0.rows.map(value).reduce(0, combine))) })
    }
    return [
      family("memory_backlog_turns", "Turns that are owed.", .gauge) { Double($0.backlogTurns) },
      family("memory_backlog_sessions", "Sessions that owe turns.", .gauge) {
        Double($0.backlogSessions)
      },
      family("memory_owed_withdrawals", "Withdrawals that are owed.", .gauge) {
        Double($0.owedWithdrawals)
      },
      family("memory_parked_batches", "Batches that wait for a person.", .gauge) {
        Double($0.parkedBatches)
      },
      family("memory_unknown_batches", "Batches that may or may not be stored.", .gauge) {
        Double($0.unknownBatches)
      },
      family(
        "memory_oldest_unacknowledged_seconds", "Age of the oldest turn that is owed.", .gauge,
        { Double($0.oldestAgeMilliseconds) / 1000 }, by: { max($0, $1) }),
      family("recall_hits_total", "Recalls that brought something.", .counter) {
        Double($0.recallHits)
      },
      family("recall_misses_total", "Recalls that brought nothing.", .counter) {
        Double($0.recalls - min($0.recalls, $0.recallHits))
      },
      family("recall_late_total", "Recalls that came too late.", .counter) {
        Double($0.lateRecalls)
      },
      family("recall_stale_total", "Recalls whose session was over.", .counter) {
        Double($0.staleRecalls)
      },
    ]
  }
}
