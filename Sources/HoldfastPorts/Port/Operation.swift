import HoldfastCore

/// A call that the plugin has not answered, or whose callback still holds its thread.
struct Operation {
  /// Where the plugin is with it.
  enum Phase {
    case queued
    /// The callback holds its thread.
    case running
    /// The callback returned `HF_PENDING`.
    case pending
  }

  /// Whether an answer is still awaited.
  enum End {
    case open
    /// Another thread is about to report the answer.
    case answering
    case answered
    case cancelled
  }

  /// What the plugin may push before it answers.
  enum Expectation {
    case nothing
    case items(Scope, count: Int, characters: Int)
    case text
  }

  var phase = Phase.queued
  var end = End.open
  /// The callback returned while the answer was being reported.
  var hasReturned = false
  /// An answer was refused because the operation was over.
  var hasRefusedAnswer = false
  let isReading: Bool
  var expectation: Expectation
  var items: [RecallItem] = []
  var text: [UInt8] = []
  var lastProgress: UInt64 = 0

  init(isReading: Bool, expectation: Expectation) {
    self.isReading = isReading
    self.expectation = expectation
  }

  init(_ call: PluginCall) {
    isReading = call.isReading
    switch call {
    case .recall(let request):
      expectation = .items(
        request.context.scope, count: request.maxItems, characters: request.maxCharacters)
    case .respond: expectation = .text
    default: expectation = .nothing
    }
  }

  /// Whether the plugin may still push results and answer.
  var isOpen: Bool { phase != .queued && end == .open }

  /// The answer, with what was pushed before it.
  func answer(_ status: PluginStatus, _ text: String) -> PluginAnswer {
    let status = status.named
    if status.isFailure { return PluginAnswer(status, text: text) }
    guard !self.text.isEmpty else { return PluginAnswer(status, text: text, items: items) }
    guard let whole = String(validating: self.text, as: UTF8.self) else {
      return PluginAnswer(.malformed, text: "the answer is not UTF-8")
    }
    return PluginAnswer(status, text: whole, items: items)
  }

  /// Takes an item, or says why not.
  mutating func add(_ item: RecallItem) -> PluginStatus {
    guard case .items(let scope, let count, let characters) = expectation else { return .stale }
    guard item.scope == scope else { return .denied }
    let length = item.text.unicodeScalars.count
    guard count > 0, length <= characters else { return .tooLarge }
    expectation = .items(scope, count: count - 1, characters: characters - length)
    items.append(item)
    return .ok
  }

  /// Takes a piece of a text, or says why not, and whether progress is to be reported again.
  mutating func add(
    _ piece: UnsafeRawBufferPointer, at now: UInt64
  ) -> (status: PluginStatus, isDue: Bool) {
    guard isOpen, case .text = expectation else { return (.stale, false) }
    guard text.count + piece.count <= PortLimits.text else { return (.tooLarge, false) }
    text.append(contentsOf: piece)
    guard now - lastProgress >= PortLimits.progressInterval.nanoseconds else { return (.ok, false) }
    lastProgress = now
    return (.ok, true)
  }
}

extension PluginStatus {
  /// Statuses that the header does not name, as it says they count.
  var named: PluginStatus {
    if rawValue < PluginStatus.unknown.rawValue { return .failed }
    return rawValue > 0 ? .ok : self
  }
}
