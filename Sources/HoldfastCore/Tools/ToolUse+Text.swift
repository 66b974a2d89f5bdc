extension ToolUse {
  /// How a turn's row keeps what was called: one line of JSON, empty for nothing.
  public static func text(of uses: [ToolUse]) -> String {
    if uses.isEmpty { return "" }
    return JSON.array(uses.map(\.json)).text()
  }

  /// What such a line says; what does not make sense is left out.
  public static func list(from text: String) -> [ToolUse] {
    guard !text.isEmpty, let json = try? JSON(Array(text.utf8)), case .array(let rows) = json
    else { return [] }
    return rows.compactMap { ToolUse($0) }
  }

  private var json: JSON {
    .object([
      "arguments": .string(request.arguments), "id": .string(request.id),
      "name": .string(request.name), "result": .string(result), "round": .number("\(round)"),
      "said": .string(said), "status": .number("\(status.rawValue)"),
    ])
  }

  private init?(_ json: JSON) {
    guard case .object(let row) = json, case .string(let name)? = row["name"] else { return nil }
    func text(_ key: String) -> String {
      if case .string(let text)? = row[key] { text } else { "" }
    }
    func number(_ key: String) -> Int? {
      if case .number(let text)? = row[key] { Int(text) } else { nil }
    }
    let request = ToolRequest(id: text("id"), name: name, arguments: text("arguments"))
    self.init(request, round: number("round") ?? 1, said: text("said"))
    status = PluginStatus(rawValue: Int32(clamping: number("status") ?? -16))
    result = text("result")
  }
}
