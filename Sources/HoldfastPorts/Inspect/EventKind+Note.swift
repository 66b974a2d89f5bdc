public import HoldfastCore

extension EventKind {
  private static let notes: [(String, EventKind)] = [
    ("session.opened", .sessionOpened), ("session.switched", .sessionSwitched),
    ("session.ended", .sessionEnded), ("session.deleted", .sessionDeleted),
    ("session.compacting", .sessionCompacting), ("turn.started", .turnStarted),
    ("turn.completed", .turnCompleted), ("turn.interrupted", .turnInterrupted),
    ("turns.withdrawn", .turnsWithdrawn), ("prefetch.requested", .prefetchRequested),
    ("memory.written", EventKind(rawValue: 0x400)),
    ("delegation.completed", EventKind(rawValue: 0x800)),
    ("message.received", .messageReceived), ("message.sent", .messageSent),
    ("config.changed", .configChanged), ("host.stopping", .hostStopping),
  ]

  /// The kind that a note names; nil if there is none of that name.
  public init?(note: String) {
    guard let entry = Self.notes.first(where: { $0.0 == note }) else { return nil }
    self = entry.1
  }

  /// How a note names a single kind; nil for anything else.
  public var note: String? { Self.notes.first { $0.1 == self }?.0 }

  /// How a note names the kinds of a mask, in the order of the header.
  public var notes: [String] { Self.notes.filter { contains($0.1) }.map(\.0) }
}
