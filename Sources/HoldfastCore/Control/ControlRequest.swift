/// Which session a command of the operator means.
public enum SessionTarget: Sendable, Equatable {
  /// The current session of a place.
  case key(SessionKey)
  /// A session by its id.
  case session(SessionID)
}

/// What the command line asks of a running host.
public enum ControlRequest: Sendable, Equatable {
  /// Everything that `status` shows.
  case status
  /// What everything costs, and how long it makes others wait.
  case load
  /// A page of sessions, newest first.
  case sessions(before: SessionID?, limit: Int, includeHidden: Bool)
  /// A session and its last visible turns.
  case history(SessionID, limit: Int)
  /// A chat command on behalf of the operator; answered with what a person would be told.
  case command(SessionTarget, ChatCommand)
  /// What providers, or one of them, would remember of a question.
  case recall(query: String, RecallTarget, InstanceID?)
  /// Sends a parked batch again.
  case retryBatch(Int64)
  /// Gives a parked batch up.
  case dropBatch(Int64)
  /// Owes a provider what was said while it was not enrolled, in one session or in all; a dry run
  /// only counts.
  case backfill(InstanceID, SessionID?, isDryRun: Bool)
  /// Writes off what an enrolment is owed.
  case detach(EnrolmentID)
  /// Batches that are parked or open, oldest first.
  case batches(InstanceID, CutStatus, limit: Int)
  /// Why a session is considered to be what it is.
  case explain(SessionID)
  /// Starts a plugin that is configured but not running.
  case startPlugin(InstanceID)
  /// Stops a plugin.
  case stopPlugin(InstanceID)
  /// Who holds what, and who waits.
  case locks
  /// Takes a session away from whoever holds it.
  case breakLock(SessionID)
  /// Events as they happen, or those that were recorded; answered more than once.
  case events(EventFilter)
  /// Writes a support bundle; answered with its file.
  case exportDiagnostics
  /// Stops the host in an orderly way.
  case stop
}

/// The host's answer to the command line.
public enum ControlAnswer: Sendable, Equatable {
  /// To `status`.
  case status(HostStatus)
  /// To `load`.
  case load(HostLoad)
  /// To `sessions`.
  case sessions([SessionListing])
  /// To `history`.
  case history(SessionListing, [TurnRecord])
  /// To `batches`.
  case batches([CutRecord])
  /// To `locks`.
  case locks(LockReport)
  /// To `recall`.
  case recall(RecallView)
  /// To `explain`.
  case explanation(SessionExplanation)
  /// To `events`: one of them.
  case event(EventLine)
  /// To `events`: so many were left out, since they were not read in time.
  case missed(Int)
  /// Done, in words for people.
  case done(String)
  /// Not done, with the reason and the remedy for people.
  case refused(String)
}
