/// A value of JSON. Numbers are kept as they are written, so that none loses digits.
public indirect enum JSON: Sendable, Equatable {
  /// `null`
  case null
  /// `true` or `false`
  case boolean(Bool)
  /// As written: `-12`, `1.5e3`
  case number(String)
  /// Text, unescaped.
  case string(String)
  /// Values in their order.
  case array([JSON])
  /// Values by name; of a name given twice the last one stands.
  case object([String: JSON])
}

/// A text that is no JSON.
public struct JSONProblem: Error, Equatable, Sendable {
  /// Where it stops making sense, in bytes from its beginning.
  public var offset: Int
}

extension JSON {
  /// Deeper nesting is refused, so that a text cannot choose how much stack it takes.
  public static let maxDepth = 64

  /// Reads one value with nothing but white space around it.
  public init(_ bytes: [UInt8]) throws(JSONProblem) {
    var reader = JSONReader(bytes: bytes)
    self = try reader.document()
  }

  /// Reads any number of values, one after the other.
  public static func sequence(_ bytes: [UInt8]) throws(JSONProblem) -> [JSON] {
    var reader = JSONReader(bytes: bytes)
    return try reader.sequence()
  }

  /// One line, names in the order of their bytes; or indented by two spaces a level.
  public func text(isIndented: Bool = false) -> String {
    var text = ""
    write(to: &text, level: isIndented ? 0 : nil)
    return text
  }

  private func write(to text: inout String, level: Int?) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .number(let value): text += value
    case .string(let value): writeJSONString(value, to: &text)
    case .array(let values):
      Self.write(values, "[", "]", level, to: &text) { $0.write(to: &$1, level: $2) }
    case .object(let values):
      let sorted = values.sorted { inByteOrder($0.key, $1.key) }
      Self.write(sorted, "{", "}", level, to: &text) { entry, text, below in
        writeJSONString(entry.key, to: &text)
        text += below == nil ? ":" : ": "
        entry.value.write(to: &text, level: below)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], _ open: String, _ close: String, _ level: Int?, to text: inout String,
    one: (Element, inout String, Int?) -> Void
  ) {
    let below = level.map { $0 + 1 }
    text += open
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      breakLine(below, &text)
      one(element, &text, below)
    }
    if !elements.isEmpty { breakLine(level, &text) }
    text += close
  }

  private static func breakLine(_ level: Int?, _ text: inout String) {
    guard let level else { return }
    text += "\n" + String(repeating: "  ", count: level)
  }
}
