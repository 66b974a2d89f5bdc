internal import HoldfastPlugin

/// A model may look for memories itself, beyond what was recalled for the message.
extension SQLiteMemory: ToolProvider {
  /// Memories that one search gives at most, and unless it is told otherwise.
  private static let limits = (most: 50, usual: 8)
  /// Characters of one search's result.
  private static let characterLimit = 16_000

  func tools() -> [Tool] {
    [
      Tool(
        name: "search",
        purpose: "Looks for words in what was said in earlier conversations with this person.",
        schema: """
          {"type":"object","required":["query"],"additionalProperties":false,"properties":{
          "query":{"type":"string","description":"words to look for"},
          "limit":{"type":"integer","description":"at most so many, 1 to \(Self.limits.most)"}}}
          """,
        isReadOnly: true)
    ]
  }

  /// Finds what a recall of the same scope would find, in the session that asks as well.
  func call(_ call: ToolCall) throws -> String {
    guard call.name == "search" else {
      throw PluginError(.notFound, "there is no tool “\(call.name)”")
    }
    let query = call["query"] ?? ""
    let limit = call["limit"].map { Double($0) ?? 0 } ?? Double(Self.limits.usual)
    guard !query.isEmpty else { throw PluginError.argument("“query” is empty") }
    guard (1...Double(Self.limits.most)).contains(limit) else {
      throw PluginError.argument("“limit” is not between 1 and \(Self.limits.most)")
    }
    var head = call.head
    head.sessionID = ""
    let request = RecallRequest(
      head: head, query: query, maximumItems: Int(limit),
      maximumCharacters: Self.characterLimit)
    let found = try recall(request)
    if found.isEmpty { return "Nothing was found." }
    return found.map { "[session \($0.sessionID), turn \($0.turns.first)]\n\($0.text)" }
      .joined(separator: "\n\n")
  }
}
