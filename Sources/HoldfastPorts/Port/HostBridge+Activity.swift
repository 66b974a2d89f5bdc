import CHoldfast
import CShims
import HoldfastCore

extension HostBridge {
  func begin(
    _ raw: UnsafePointer<hf_activity_t>, _ token: UnsafeMutablePointer<UInt64>
  ) -> PluginStatus {
    let source = raw.pointee
    token.pointee = 0
    guard source.size >= MemoryLayout<hf_activity_t>.size,
      let kind = ActivityKind(rawValue: source.kind), kind.work != nil || source.deadline_ms > 0
    else { return .argument }
    guard source.name.len <= UInt64(ActivityLimits.text) else { return .tooLarge }
    guard source.session_id.len <= UInt64(PortLimits.name), let name = source.name.string,
      let id = source.session_id.string
    else { return malformed() }
    var start = ActivityStart(token: 0, kind: kind, name: singleLine(name))
    if source.op != 0 {
      start.operation = OperationID(source.op)
      guard isOpen(OperationID(source.op)) else { return .stale }
    } else {
      guard !id.isEmpty else { return .argument }
      guard let session = SessionID(id) else { return malformed() }
      start.session = session
    }
    if source.deadline_ms > 0 {
      start.limit = .milliseconds(Int64(min(source.deadline_ms, Self.longest)))
    }
    guard let number = activities.begin(start.operation, isOver: { !self.isOpen($0) }) else {
      return .busy
    }
    start.token = number
    token.pointee = number
    report(.activity(.began(start)))
    return .ok
  }

  func progress(_ token: UInt64, _ reason: hf_str_t) -> PluginStatus {
    guard reason.len <= UInt64(ActivityLimits.text) else { return .tooLarge }
    guard let text = reason.string else { return malformed() }
    guard !isOver(token) else { return .stale }
    let status = activities.progress(token, text, at: cshims_monotonic_ns())
    if status == .duplicate { return .ok }
    if status == .ok { report(.activity(.progressed(token, reason: singleLine(text)))) }
    return status
  }

  func end(_ token: UInt64) -> PluginStatus {
    let isOver = isOver(token)
    guard activities.end(token), !isOver else { return .stale }
    report(.activity(.ended(token)))
    return .ok
  }

  /// A year, in milliseconds.
  private static let longest: UInt64 = 31_536_000_000

  private func isOpen(_ operation: OperationID) -> Bool { operations.wanted(operation) == .ok }

  /// Whether a token was ended, or its operation is over.
  private func isOver(_ token: UInt64) -> Bool {
    guard let operation = activities.operation(of: token) else { return true }
    return operation.map { !isOpen($0) } ?? false
  }

  private func malformed() -> PluginStatus {
    count(\.malformedTexts)
    return .malformed
  }
}
