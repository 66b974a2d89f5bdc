/// What the host itself checks of a tool's JSON Schema: that required names are there and that
/// values have the types, the enumerated values and, in lists and objects, the parts that it names.
/// Everything else in a schema is for the model and for the tool.
public struct ToolSchema: Sendable {
  private let schema: JSON

  /// Of a schema's text; nil if it is no JSON object. An empty text asks for nothing.
  public init?(_ text: String) {
    if text.isEmpty {
      schema = .object([:])
      return
    }
    guard let json = try? JSON(Array(text.utf8)), case .object = json else { return nil }
    schema = json
  }

  /// Why the arguments cannot be passed on, in a sentence for the model; nil if they can.
  public func fault(in arguments: String) -> String? {
    let text = arguments.isEmpty ? "{}" : arguments
    let value: JSON
    do {
      value = try JSON(Array(text.utf8))
    } catch {
      return "The arguments are no JSON: they stop making sense at byte \(error.offset)."
    }
    guard case .object = value else { return "The arguments are to be one JSON object." }
    return Self.fault(in: value, as: schema, at: "")
  }

  private static func fault(in value: JSON, as schema: JSON, at path: String) -> String? {
    guard case .object(let rules) = schema else { return nil }
    let name = path.isEmpty ? "The arguments" : "“\(path)”"
    let types = Self.types(rules["type"])
    if !types.isEmpty, !types.contains(where: { matches(value, $0) }) {
      return "\(name) must be of type \(types.joined(separator: " or "))."
    }
    if case .array(let allowed)? = rules["enum"], !allowed.contains(value) {
      let list = allowed.prefix(20).map { $0.text() }.joined(separator: ", ")
      return "\(name) must be one of \(list)."
    }
    switch value {
    case .object(let members): return fault(in: members, rules, at: path)
    case .array(let elements):
      guard let rule = rules["items"] else { return nil }
      for (index, element) in elements.enumerated() {
        if let fault = fault(in: element, as: rule, at: "\(path)[\(index)]") { return fault }
      }
      return nil
    default: return nil
    }
  }

  private static func fault(
    in members: [String: JSON], _ rules: [String: JSON], at path: String
  ) -> String? {
    func below(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    if case .array(let required)? = rules["required"] {
      for case .string(let name) in required where members[name] == nil {
        return "“\(below(name))” is required and missing."
      }
    }
    var properties: [String: JSON] = [:]
    if case .object(let known)? = rules["properties"] { properties = known }
    for (name, value) in members.sorted(by: { inByteOrder($0.key, $1.key) }) {
      if let rule = properties[name] {
        if let fault = fault(in: value, as: rule, at: below(name)) { return fault }
      } else if rules["additionalProperties"] == .boolean(false) {
        return "“\(below(name))” is not known here."
      }
    }
    return nil
  }

  private static func types(_ rule: JSON?) -> [String] {
    switch rule {
    case .string(let type): [type]
    case .array(let types):
      types.compactMap { if case .string(let type) = $0 { type } else { nil } }
    default: []
    }
  }

  private static func matches(_ value: JSON, _ type: String) -> Bool {
    switch (type, value) {
    case ("object", .object), ("array", .array), ("string", .string), ("number", .number),
      ("boolean", .boolean), ("null", .null):
      true
    case ("integer", .number(let text)):
      Double(text).map { $0.isFinite && $0 == $0.rounded() } ?? false
    case ("object", _), ("array", _), ("string", _), ("number", _), ("boolean", _), ("null", _),
      ("integer", _):
      false
    default: true
    }
  }
}
