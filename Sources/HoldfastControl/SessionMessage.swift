public import HoldfastCore

/// A session of a listing as JSON shows it.
public struct SessionMessage: Codable, Sendable, Equatable {
  var id: String
  var key: String
  var boundKey: String?
  var parent: String?
  var branchOf: String?
  var sharedLimit: UInt64
  var scope: String
  var user: String
  var title: String
  var createdMilliseconds: Int64
  var endedMilliseconds: Int64?
  var hidden: Bool
  var deleted: Bool
  var turnCount: Int
  var lastTurn: UInt64
  var token: UInt64
  var summary: String
  var summaryLimit: UInt64
  var queueMode: String?

  /// The JSON form of a listing.
  public init(_ listing: SessionListing) {
    let session = listing.session
    id = session.id.description
    key = session.key.description
    boundKey = listing.boundKey?.description
    parent = session.parent?.description
    branchOf = session.branchOf?.description
    sharedLimit = session.sharedLimit
    scope = session.scope.description
    user = session.user
    title = session.title
    createdMilliseconds = session.created.milliseconds
    endedMilliseconds = session.ended?.milliseconds
    hidden = session.isHidden
    deleted = session.isDeleted
    turnCount = listing.turnCount
    lastTurn = session.lastTurn
    token = session.token
    summary = session.summary
    summaryLimit = session.summaryLimit
    queueMode = session.queueMode?.rawValue
  }

  /// The listing it stands for; nil if an id or a key is none.
  var listing: SessionListing? {
    guard let sessionID = SessionID(id), let madeUnder = SessionKey(key) else { return nil }
    var session = SessionRecord(
      id: sessionID, key: madeUnder, scope: Scope(scope),
      created: WallTime(milliseconds: createdMilliseconds))
    session.parent = parent.flatMap { SessionID($0) }
    session.branchOf = branchOf.flatMap { SessionID($0) }
    session.sharedLimit = sharedLimit
    session.user = user
    session.title = title
    session.ended = endedMilliseconds.map(WallTime.init)
    session.isHidden = hidden
    session.isDeleted = deleted
    session.lastTurn = lastTurn
    session.token = token
    session.summary = summary
    session.summaryLimit = summaryLimit
    session.queueMode = queueMode.flatMap(QueueMode.init)
    return SessionListing(
      session: session, boundKey: boundKey.flatMap { SessionKey($0) }, turnCount: turnCount)
  }
}

/// A turn as JSON shows it.
public struct TurnMessage: Codable, Sendable, Equatable {
  var session: String
  var index: UInt64
  var status: String
  var userText: String
  var userName: String
  var answerText: String
  var startedMilliseconds: Int64
  var finishedMilliseconds: Int64
  var sequence: UInt64
  var input: Int64

  /// The JSON form of a turn.
  public init(_ turn: TurnRecord) {
    session = turn.session.description
    index = turn.index
    status = turn.status.name
    userText = turn.userText
    userName = turn.userName
    answerText = turn.answerText
    startedMilliseconds = turn.started.milliseconds
    finishedMilliseconds = turn.finished.milliseconds
    sequence = turn.sequence
    input = turn.input
  }

  /// The turn it stands for; nil if its session or status is none.
  var turn: TurnRecord? {
    guard let sessionID = SessionID(session), let status = TurnStatus(name: status) else {
      return nil
    }
    var turn = TurnRecord(
      session: sessionID, index: index, status: status, userText: userText, answerText: answerText,
      sequence: sequence)
    turn.userName = userName
    turn.started = WallTime(milliseconds: startedMilliseconds)
    turn.finished = WallTime(milliseconds: finishedMilliseconds)
    turn.input = input
    return turn
  }
}

extension TurnStatus {
  private static let names = [
    (Self.live, "live"), (.interrupted, "interrupted"), (.withdrawn, "withdrawn"),
  ]

  /// For people and JSON.
  public var name: String { Self.names.first { $0.0 == self }?.1 ?? "" }

  init?(name: String) {
    guard let found = Self.names.first(where: { $0.1 == name }) else { return nil }
    self = found.0
  }
}
