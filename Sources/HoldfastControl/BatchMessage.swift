public import HoldfastCore

/// A batch for a memory provider as JSON shows it.
public struct BatchMessage: Codable, Sendable, Equatable {
  var id: Int64
  var enrolment: Int64
  var session: String
  var turns: String
  var status: String
  var isUnknown: Bool
  var isOutOfOrder: Bool
  var attempts: Int
  var reason: String
  var document: String
  var parent: String?
  var scope: String
  var tags: [String]
  var createdMilliseconds: Int64

  /// The JSON form of a cut.
  public init(_ cut: CutRecord) {
    id = cut.id
    enrolment = cut.enrolment.value
    session = cut.session.description
    turns = cut.turns.description
    status = cut.status.name
    isUnknown = cut.isUnknown
    isOutOfOrder = cut.isOutOfOrder
    attempts = cut.attempts
    reason = cut.reason
    document = cut.document
    parent = cut.parent?.description
    scope = cut.scope.description
    tags = cut.tags
    createdMilliseconds = cut.created.milliseconds
  }

  /// The cut it stands for; nil if its session, turns or status are none.
  var cut: CutRecord? {
    guard let sessionID = SessionID(session), let turnSet = TurnSet(turns),
      let cutStatus = CutStatus(name: status)
    else { return nil }
    var cut = CutRecord(
      id: id, enrolment: EnrolmentID(enrolment), session: sessionID, turns: turnSet,
      scope: Scope(scope), created: WallTime(milliseconds: createdMilliseconds))
    cut.status = cutStatus
    cut.isUnknown = isUnknown
    cut.isOutOfOrder = isOutOfOrder
    cut.attempts = attempts
    cut.reason = reason
    cut.document = document
    cut.parent = parent.flatMap { SessionID($0) }
    cut.tags = tags
    return cut
  }
}

extension CutStatus {
  private static let names = [
    (Self.open, "open"), (.acknowledged, "acknowledged"), (.parked, "parked"),
    (.dropped, "dropped"),
  ]

  /// For people and JSON.
  public var name: String { Self.names.first { $0.0 == self }?.1 ?? "" }

  init?(name: String) {
    guard let found = Self.names.first(where: { $0.1 == name }) else { return nil }
    self = found.0
  }
}
