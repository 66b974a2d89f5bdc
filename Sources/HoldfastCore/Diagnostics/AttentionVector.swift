/// A session's condition as JSON, with what it should be classified as: the form in which cases are
/// kept and exchanged. Ages are in milliseconds; null is unknown.
public struct AttentionVector: Sendable, Equatable {
  /// What a case asks.
  public var session = SessionCondition()
  /// By which rows, nil if it leaves that open.
  public var profile: AttentionProfile?
  /// From which age on.
  public var thresholds = AttentionThresholds()

  /// Reads one case. Throws what is wrong with it, with the path of the field.
  public init(_ json: JSON) throws(AttentionVectorProblem) {
    let fields = try Fields(json, path: "")
    profile = try fields.name("profile")
    let input = try fields.table("input", isRequired: true)
    session.state = try input.name("session_state")
    session.backlog = try input.count("backlog")
    session.isProviderRetryOpen = try input.flag("provider_retry_wait_open") ?? false
    session.isPersonAwaited = try input.flag("runtime_owns_wait") ?? false
    thresholds = AttentionThresholds(
      stuckAfter: try input.age("stale_after_ms") ?? AttentionThresholds().stuckAfter,
      abortAfter: try input.age("abort_after_ms"))
    let activity = try input.table("activity")
    session.activity.work = try activity.name("work_kind")
    session.activity.isOwnerAlive = try activity.flag("run_owner_alive")
    session.activity.oldestToolAge = try activity.age("oldest_tool_age_ms")
    session.activity.progressAge = try activity.age("progress_age_ms")
    session.activity.progressReason = try activity.text("progress_reason")
    session.activity.repeatedRequestAge = try activity.age("repeated_request_age_ms")
  }
}

extension Attention {
  /// The classification as JSON, with the names of the cases' `expected`.
  public var json: JSON {
    .object([
      "event": .string(event.rawValue), "reason": .string(reason),
      "classification": .string(classification.rawValue),
      "work_kind": work.map { .string($0.rawValue) } ?? .null,
      "recovery_eligible": .boolean(isRecoverable),
    ])
  }
}

/// A case that is none.
public struct AttentionVectorProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// For people, with the path of the field.
  public var description: String
}

/// A table of a case; whatever it lacks is unknown.
private struct Fields {
  private let values: [String: JSON]
  private let path: String

  init(_ json: JSON, path: String) throws(AttentionVectorProblem) {
    guard case .object(let values) = json else {
      throw AttentionVectorProblem(
        description: "\(path.isEmpty ? "a case" : path) is not an object")
    }
    self.values = values
    self.path = path
  }

  private subscript(field: String) -> JSON? {
    guard let value = values[field], value != .null else { return nil }
    return value
  }

  private func problem(_ field: String, _ what: String) -> AttentionVectorProblem {
    AttentionVectorProblem(description: "\(path.isEmpty ? "" : path + ".")\(field) \(what)")
  }

  func table(_ field: String, isRequired: Bool = false) throws(AttentionVectorProblem) -> Fields {
    guard let value = self[field] else {
      if isRequired { throw problem(field, "is missing") }
      return try Fields(.object([:]), path: path)
    }
    return try Fields(value, path: path.isEmpty ? field : "\(path).\(field)")
  }

  func text(_ field: String) throws(AttentionVectorProblem) -> String? {
    guard let value = self[field] else { return nil }
    guard case .string(let text) = value else { throw problem(field, "is not a text") }
    return text
  }

  func name<Name: CaseIterable & RawRepresentable<String>>(
    _ field: String
  ) throws(AttentionVectorProblem) -> Name? {
    guard let text = try text(field) else { return nil }
    guard let name = Name(rawValue: text) else {
      let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
      throw problem(field, "is \"\(text)\"; it may be \(known)")
    }
    return name
  }

  func flag(_ field: String) throws(AttentionVectorProblem) -> Bool? {
    guard let value = self[field] else { return nil }
    guard case .boolean(let flag) = value else { throw problem(field, "is not true or false") }
    return flag
  }

  func age(_ field: String) throws(AttentionVectorProblem) -> Duration? {
    guard let value = self[field] else { return nil }
    guard case .number(let text) = value, let number = Double(text), number >= 0, number <= 1e12
    else {
      throw problem(field, "is no number of milliseconds from 0 on")
    }
    return .nanoseconds(Int64(number * 1e6))
  }

  func count(_ field: String) throws(AttentionVectorProblem) -> Int {
    guard let value = self[field] else { return 0 }
    guard case .number(let text) = value, let number = Int(text), number >= 0 else {
      throw problem(field, "is no whole number from 0 on")
    }
    return number
  }
}
