/// What a running turn has to do with tools.
public struct TurnTools: Sendable {
  /// What the model is asked, in every round again.
  public var request: ModelRequest
  /// What it may call, fixed when the turn's prompt was put together.
  public var catalog: ToolCatalog
  /// What it called so far.
  public var uses: [ToolUse] = []
  /// How many of its answers asked for calls.
  public var round = 0
  /// Rows of calls are in the journal: the turn is not to be run again.
  public var isMarked = false

  /// When the model was first asked what it is asked now, by the clock of ages.
  private(set) var asked: Instant?
  /// It was asked the very same before: its last round of calls was that of the round before, and
  /// so were the results.
  private(set) var isRepeating = false

  /// Nothing was called yet.
  public init(request: ModelRequest, catalog: ToolCatalog) {
    self.request = request
    self.catalog = catalog
  }

  /// The model is asked again, with what came of its calls.
  mutating func noteRequest(at now: Instant) {
    isRepeating = round > 1 && isSame(uses(of: round), uses(of: round - 1))
    if !isRepeating { asked = now }
  }

  private func uses(of round: Int) -> [ToolUse] { uses.filter { $0.round == round } }

  private func isSame(_ uses: [ToolUse], _ others: [ToolUse]) -> Bool {
    uses.count == others.count
      && zip(uses, others).allSatisfy { use, other in
        use.request.name == other.request.name && use.request.arguments == other.request.arguments
          && use.status == other.status && use.result == other.result
      }
  }

  /// Whether so many bytes more are still kept.
  func hasRoom(for count: Int) -> Bool {
    let kept = uses.reduce(0) { $0 + $1.request.arguments.utf8.count + $1.result.utf8.count }
    return kept + count <= ToolLimits.turn
  }

  /// What the model reads instead of what is not kept.
  static let isFull = PluginAnswer(
    .tooLarge,
    text: "Left out: the calls of this turn have over \(ToolLimits.turn) bytes in all.")

  /// Why a call is not made, for the model; nil if it can be.
  func refusal(of request: ToolRequest) -> PluginAnswer? {
    guard hasRoom(for: request.arguments.utf8.count) else { return Self.isFull }
    guard let entry = catalog.entries[request.name] else {
      let nearest = Suggestion.nearest(to: request.name, among: catalog.entries.keys.sorted())
      let hint = nearest.map { " Did you mean “\($0)”?" } ?? ""
      return PluginAnswer(
        .notFound, text: "There is no tool “\(request.name.prefix(ToolLimits.name))”.\(hint)")
    }
    // A schema that makes no sense was refused with its tool.
    guard let fault = ToolSchema(entry.tool.schema)?.fault(in: request.arguments) else {
      return nil
    }
    return PluginAnswer(.argument, text: fault)
  }

  /// What people are told of an interrupted turn whose tools may have changed something.
  var warning: String {
    let names = uses.filter { use in
      let isHarmless = catalog.entries[use.request.name]?.tool.isReadOnly ?? false
      return !isHarmless && use.status != .notFound && use.status != .argument
    }.map(\.request.name)
    return Self.warning(of: names)
  }

  static func warning(of names: [String]) -> String {
    var seen: Set<String> = []
    let different = names.filter { seen.insert($0).inserted }
    guard !different.isEmpty else { return "" }
    return " What was begun may have taken effect and is not done again: "
      + different.joined(separator: ", ") + "."
  }
}
