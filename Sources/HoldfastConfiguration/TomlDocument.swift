internal import CToml
internal import HoldfastCore

/// The one place that talks to the C parser.
enum TomlDocument {
  /// The text's own table, its entries in the order in which they stand in the text.
  static func parse(_ text: [UInt8], file: String) throws(ConfigurationError) -> [TomlEntry] {
    var fault = ctoml_error_t()
    guard let document = ctoml_parse(text, text.count, &fault) else {
      throw error(fault, file: file)
    }
    defer { ctoml_free(document) }
    var walk = Walk(document: document, file: file)
    guard case .table(let entries) = walk.node().value else { return [] }
    return entries
  }

  private static func error(_ fault: ctoml_error_t, file: String) -> ConfigurationError {
    var fault = fault
    var bytes = [UInt8](repeating: 0, count: Int(fault.message_size))
    ctoml_copy_message(&fault, &bytes)
    let message = String(decoding: bytes, as: UTF8.self)
    let place = ConfigurationPosition(
      file: file, line: max(1, Int(fault.line)), column: max(1, Int(fault.column)))
    return ConfigurationError(at: place, "this is not TOML: \(message)")
  }
}

/// Turns the parser's flat list back into a tree. The parser bounds its depth.
private struct Walk {
  let document: OpaquePointer
  let file: String
  var next = 0

  init(document: OpaquePointer, file: String) {
    self.document = document
    self.file = file
  }

  mutating func node() -> TomlNode {
    let index = next
    next += 1
    let raw = ctoml_node(document, index)
    let position = ConfigurationPosition(
      file: file, line: max(1, Int(raw.line)), column: max(1, Int(raw.column)))
    return TomlNode(value: value(raw, index), position: position)
  }

  private mutating func value(_ raw: ctoml_node_t, _ index: Int) -> TomlNode.Value {
    switch raw.type {
    case CTOML_STRING:
      return .string(text(size: raw.text_size) { ctoml_copy_text(document, index, &$0) })
    case CTOML_INTEGER: return .integer(raw.integer)
    case CTOML_NUMBER: return .number(raw.number)
    case CTOML_BOOLEAN: return .boolean(raw.integer != 0)
    case CTOML_LIST:
      return .list((0..<raw.child_count).map { _ in node() })
    case CTOML_TABLE:
      let entries = (0..<raw.child_count).map { _ in entry() }
      return .table(entries.sorted { before($0.position, $1.position) })
    default: return .date
    }
  }

  private mutating func entry() -> TomlEntry {
    let index = next
    let raw = ctoml_node(document, index)
    let name = text(size: raw.key_size) { ctoml_copy_key(document, index, &$0) }
    let position = ConfigurationPosition(
      file: file, line: max(1, Int(raw.key_line)), column: max(1, Int(raw.key_column)))
    return TomlEntry(name: name, position: position, node: node())
  }

  private func text(size: UInt32, _ copy: (inout [UInt8]) -> Void) -> String {
    guard size > 0 else { return "" }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    copy(&bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func before(_ left: ConfigurationPosition, _ right: ConfigurationPosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}
