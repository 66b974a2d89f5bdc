/// The tokens of activity that plugins hold. Those of an operation end with it; those of a session
/// alone have no owner, and end with their plugin at the latest. What the host works on itself is
/// not in here: that is read off where it is worked on.
public struct ActivityBook: Sendable {
  /// Names a token.
  struct Name: Hashable, Sendable {
    var instance: InstanceID
    var token: UInt64
  }

  /// An open token.
  struct Token: Sendable {
    let name: Name
    let start: ActivityStart
    let began: Instant
    var progress: ActivityProgress

    /// The end that was declared.
    var deadline: Instant? { start.limit.map { began + $0 } }
  }

  private var tokens: [Name: Token] = [:]
  private var ofOperations: [OperationID: [Name]] = [:]
  private var ofSessions: [SessionID: [Name]] = [:]
  private var counts: [InstanceID: Int] = [:]

  /// No tokens.
  public init() {}

  /// How many are open.
  public var count: Int { tokens.count }

  /// Work was taken up. Beyond the bound, or under a token that is open, nothing is kept.
  mutating func begin(_ start: ActivityStart, of instance: InstanceID, at now: Instant) {
    let name = Name(instance: instance, token: start.token)
    guard tokens[name] == nil, counts[instance] ?? 0 < ActivityLimits.tokens else { return }
    if let operation = start.operation {
      ofOperations[operation, default: []].append(name)
    } else if let session = start.session {
      ofSessions[session, default: []].append(name)
    } else {
      return
    }
    counts[instance, default: 0] += 1
    tokens[name] = Token(
      name: name, start: start, began: now, progress: ActivityProgress(at: now, "started"))
  }

  /// Progress, of a token that is open.
  mutating func progressed(
    _ token: UInt64, of instance: InstanceID, _ reason: String, at now: Instant
  ) {
    tokens[Name(instance: instance, token: token)]?.progress = ActivityProgress(at: now, reason)
  }

  /// The plugin ends a token.
  mutating func end(_ token: UInt64, of instance: InstanceID) {
    end([Name(instance: instance, token: token)])
  }

  /// An operation is over.
  mutating func end(_ operation: OperationID) {
    if tokens.isEmpty { return }
    if let names = ofOperations[operation] { end(names) }
  }

  /// A plugin is.
  mutating func end(_ instance: InstanceID) {
    if counts[instance] == nil { return }
    end(tokens.keys.filter { $0.instance == instance })
  }

  /// Ends the tokens that belong to a session alone; returns how many there were.
  mutating func endOrphans(of session: SessionID) -> Int {
    let names = ofSessions[session] ?? []
    end(names)
    return names.count
  }

  /// The tokens of an operation, in the order in which they began.
  func tokens(of operation: OperationID) -> [Token] {
    if tokens.isEmpty { return [] }
    return (ofOperations[operation] ?? []).compactMap { tokens[$0] }
  }

  /// The tokens that belong to a session alone, in the order in which they began.
  func orphans(of session: SessionID) -> [Token] {
    if tokens.isEmpty { return [] }
    return (ofSessions[session] ?? []).compactMap { tokens[$0] }
  }

  private mutating func end(_ names: [Name]) {
    for name in names {
      guard let token = tokens.removeValue(forKey: name) else { continue }
      let left = (counts[name.instance] ?? 1) - 1
      counts[name.instance] = left > 0 ? left : nil
      if let operation = token.start.operation {
        Self.remove(name, from: &ofOperations, operation)
      } else if let session = token.start.session {
        Self.remove(name, from: &ofSessions, session)
      }
    }
  }

  private static func remove<Key>(_ name: Name, from index: inout [Key: [Name]], _ key: Key) {
    index[key]?.removeAll { $0 == name }
    if index[key]?.isEmpty ?? false { index[key] = nil }
  }
}
