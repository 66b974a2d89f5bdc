/// What `status` shows: the truth about a host at one moment. Ages are in milliseconds of the
/// monotonic clock.
public struct HostStatus: Codable, Sendable, Equatable {
  /// `running`, `degraded` or `stopping`.
  public var state = "running"
  /// Why it is degraded, one sentence each.
  public var problems: [String] = []
  /// Version of the host.
  public var version = ""
  /// Its process.
  public var pid: Int32 = 0
  /// Unix time in milliseconds at which it became ready.
  public var readySinceMilliseconds: Int64 = 0
  /// Where its state lies.
  public var stateFolder = ""
  /// The configuration file in force, empty for the built-in one.
  public var configurationFile = ""
  /// That the files on the disk are no longer what is in force, and what to do; empty if they are.
  public var configurationNotice = ""
  /// Turns that are running.
  public var runningTurns = 0
  /// Turns that wait until they may do host-side work.
  public var turnsWaitingForSlot = 0
  /// Tools that are being called.
  public var runningTools = 0
  /// Messages that wait for their turn.
  public var waitingMessages = 0
  /// Replies that wait to be delivered.
  public var pendingReplies = 0
  /// Messages set aside after they had ended the host repeatedly.
  public var inputsSetAside = 0
  /// Replies that may or may not have been delivered.
  public var unknownReplies = 0
  /// Writes and answers of turns that had lost their session, refused since the host started.
  public var fencedWrites: UInt64 = 0
  /// How often the journal could not be written for a while since the host started.
  public var journalStalls: UInt64 = 0
  /// How long decisions about sessions waited for its write lock.
  public var lockWaits = LatencyBuckets()
  /// How long they kept it.
  public var lockHolds = LatencyBuckets()
  /// What ended a host on this state last, nil if no host ever crashed or its record is gone.
  public var lastCrash: CrashReport?
  /// The host's own threads: how long whatever is handed to them waits.
  public var executors: [ExecutorRow] = []
  /// What the process uses, nil if that was not looked at.
  public var process: ProcessRow?
  /// Calls that have held a plugin's thread for longer than a second.
  public var longCalls: [CallInProgress] = []
  /// Every configured plugin.
  public var plugins: [PluginStatusRow] = []
  /// Sessions that need attention now, at most 100.
  public var attention: [AttentionStatusRow] = []
  /// Every memory enrolment that is not written off, also of providers that are not configured.
  public var providers: [ProviderStatusRow] = []

  /// A host without plugins.
  public init() {}
}

/// A plugin in `status`.
public struct PluginStatusRow: Codable, Sendable, Equatable {
  /// Name in the configuration.
  public var instance = ""
  /// The plugin's own id.
  public var plugin = ""
  /// The file that the host takes it from, empty if it knows none.
  public var file = ""
  /// `disabled`, `loading`, `running`, `failed`, `wedged`, `stopping` or `stopped`.
  public var state = ""
  /// `memory`, `channel`, `model`, `tools`, or none for a listener.
  public var kinds: [String] = []
  /// Why it failed or is wedged; the health of its account.
  public var detail = ""
  /// Calls made, and how many of them failed or passed their deadline.
  public var calls: UInt64 = 0
  /// Calls that failed.
  public var failures: UInt64 = 0
  /// Calls that passed their deadline.
  public var timeouts: UInt64 = 0
  /// Answers that came late or twice and were refused.
  public var staleAnswers: UInt64 = 0
  /// Journalled events that it has not handled yet.
  public var eventBacklog: UInt64 = 0
  /// How long its answers took.
  public var latency = LatencyBuckets()
  /// Calls of turns that are under way: as a model, and of its tools.
  public var outstanding = 0
  /// Calls of turns that wait until fewer are under way.
  public var waiting = 0
  /// The tools that it has named.
  public var tools: [ToolStatusRow] = []

  /// A row.
  public init() {}
}

/// A tool in `status`.
public struct ToolStatusRow: Codable, Sendable, Equatable {
  /// What a model calls it.
  public var name = ""
  /// What it is for.
  public var purpose = ""
  /// It changes nothing.
  public var isReadOnly = false
  /// Why no model is offered it; empty if it is.
  public var leftOut = ""

  /// A row.
  public init() {}
}

/// A memory enrolment in `status`.
public struct ProviderStatusRow: Codable, Sendable, Equatable {
  /// The journal's number of the enrolment.
  public var enrolment: Int64 = 0
  /// Name in the configuration.
  public var instance = ""
  /// Whose sessions.
  public var agent = ""
  /// Bank, file or server.
  public var destination = ""
  /// `running`, `paused` (not loaded, or at another destination now) or `breaker open`.
  public var state = ""
  /// Turns acknowledged since the host started.
  public var acknowledgedTurns: UInt64 = 0
  /// How much of a backfill is done, from 0 to 1; nil while none is under way.
  public var backfill: Double?
  /// Turns that backfills have owed since the host started.
  public var backfilledTurns: UInt64 = 0
  /// Turns that are owed.
  public var backlogTurns: UInt64 = 0
  /// Sessions that owe turns.
  public var backlogSessions = 0
  /// Withdrawals that are owed.
  public var owedWithdrawals = 0
  /// Batches that were refused for good and wait for a person.
  public var parkedBatches = 0
  /// Batches, sent or parked, of which nobody knows whether they were stored.
  public var unknownBatches = 0
  /// Age of the oldest turn that is not acknowledged, 0 if none.
  public var oldestAgeMilliseconds: UInt64 = 0
  /// How long ago it acknowledged something, nil if it has not since the host started.
  public var acknowledgedAgeMilliseconds: UInt64?
  /// Why the host is degraded on its account and what to do, empty if it is not.
  public var alarm = ""
  /// What its last failure said, empty if it never failed.
  public var lastError = ""
  /// How long ago that was.
  public var lastErrorAgeMilliseconds: UInt64 = 0
  /// `running`, or `breaker open` after failures in a row: it is not asked then.
  public var recallState = "running"
  /// Recalls that were answered in time.
  public var recalls: UInt64 = 0
  /// Those of them that brought something.
  public var recallHits: UInt64 = 0
  /// Their median latency in milliseconds, since the host started.
  public var recallMedianMilliseconds: Double = 0
  /// Their 99th percentile.
  public var recallP99Milliseconds: Double = 0
  /// Recalls that came after their turn had gone on.
  public var lateRecalls: UInt64 = 0
  /// Recall results dropped because their session or epoch was over.
  public var staleRecalls: UInt64 = 0

  /// A row.
  public init() {}
}
