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
    /// Pieces of a text of at most so many bytes, and so many calls of tools.
    case text(limit: Int, calls: Int)
    case tools
  }

  var phase = Phase.queued
  var end = End.open
  /// The callback returned while the answer was being reported.
  var hasReturned = false
  /// An answer was refused because the operation was over.
  var hasRefusedAnswer = false
  let isReading: Bool
  /// Number of the session that it is about, 0 for none.
  let session: UInt64
  var expectation: Expectation
  var items: [RecallItem] = []
  var deniedItems = 0
  /// What came of a text; of a model's answer without what it repeated of its recalled notes.
  private var text: [UInt8] = []
  private var scrubber: RecallScrubber?
  /// Bytes that came of it.
  private var received = 0
  var tools: [Tool] = []
  var requests: [ToolRequest] = []
  var lastProgress: UInt64 = 0

  init(isReading: Bool, session: SessionID? = nil, expectation: Expectation) {
    self.isReading = isReading
    self.session = session?.number ?? 0
    self.expectation = expectation
  }

  init(_ call: PluginCall) {
    isReading = call.isReading
    session = call.context.session?.number ?? 0
    switch call {
    case .recall(let request):
      expectation = .items(
        request.context.scope, count: request.maxItems, characters: request.maxCharacters)
    case .respond(let request):
      let mayCall = request.roundsLeft > 0 && !request.tools.isEmpty
      expectation = .text(limit: PortLimits.text, calls: mayCall ? ToolLimits.calls : 0)
      scrubber = RecallScrubber()
    case .callTool: expectation = .text(limit: ToolLimits.result, calls: 0)
    case .listTools: expectation = .tools
    default: expectation = .nothing
    }
  }

  /// Whether the plugin may still push results and answer.
  var isOpen: Bool { phase != .queued && end == .open }

  /// The answer, with what was pushed before it.
  func answer(_ status: PluginStatus, _ text: String) -> PluginAnswer {
    let status = status.named
    if status.isFailure { return PluginAnswer(status, text: text) }
    var answer = PluginAnswer(status, text: text, items: items)
    answer.deniedItems = deniedItems
    answer.tools = tools
    answer.requests = requests
    if received > 0 {
      var scrubber = scrubber
      let rest = scrubber?.finish() ?? []
      guard scrubber?.isWellFormed ?? true,
        let whole = String(validating: self.text + rest, as: UTF8.self)
      else { return PluginAnswer(.malformed, text: "the answer is not UTF-8") }
      answer.text = whole
    }
    guard answer.text.utf8.count <= textLimit else {
      return PluginAnswer(.tooLarge, text: tooLargeText)
    }
    return answer
  }

  private var textLimit: Int {
    if case .text(let limit, _) = expectation { limit } else { PortLimits.text }
  }

  /// What an answer over its limit is answered with.
  var tooLargeText: String { "the answer is over \(textLimit) bytes" }

  /// Takes an item, or says why not.
  mutating func add(_ item: RecallItem) -> PluginStatus {
    guard case .items(let scope, let count, let characters) = expectation else { return .stale }
    guard item.scope == scope else {
      deniedItems += 1
      return .denied
    }
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
    guard isOpen, case .text(let limit, _) = expectation else { return (.stale, false) }
    guard received + piece.count <= limit else { return (.tooLarge, false) }
    received += piece.count
    if let scrubbed = scrubber?.feed(piece.bindMemory(to: UInt8.self).span) {
      text += scrubbed
    } else {
      text += piece
    }
    guard now - lastProgress >= PortLimits.progressInterval.nanoseconds else { return (.ok, false) }
    lastProgress = now
    return (.ok, true)
  }

  /// Takes a tool, or says why not.
  mutating func add(_ tool: Tool) -> PluginStatus {
    guard case .tools = expectation else { return .stale }
    guard tools.count < ToolLimits.tools else { return .tooLarge }
    guard !tools.contains(where: { $0.name == tool.name }) else { return .duplicate }
    tools.append(tool)
    return .ok
  }

  /// Takes a call that a model asks for, or says why not.
  mutating func add(_ request: ToolRequest) -> PluginStatus {
    guard case .text(let limit, let calls) = expectation else { return .stale }
    guard calls > 0 else { return requests.isEmpty ? .denied : .tooLarge }
    let isKnown = !request.id.isEmpty && requests.contains { $0.id == request.id }
    if isKnown { return .duplicate }
    expectation = .text(limit: limit, calls: calls - 1)
    requests.append(request)
    return .ok
  }
}

extension PluginStatus {
  /// Statuses that the header does not name, as it says they count.
  var named: PluginStatus {
    if rawValue < PluginStatus.unknown.rawValue { return .failed }
    return rawValue > 0 ? .ok : self
  }
}
