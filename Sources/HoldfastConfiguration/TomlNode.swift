internal import HoldfastCore

/// A value of a parsed text with its place.
struct TomlNode {
  enum Value {
    case string(String)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    case date
    case list([TomlNode])
    case table([TomlEntry])
  }

  let value: Value
  let position: ConfigurationPosition

  /// What it is called in sentences.
  var kind: String {
    switch value {
    case .string: "a string"
    case .integer: "an integer"
    case .number: "a number"
    case .boolean: "a boolean"
    case .date: "a date"
    case .list: "a list"
    case .table: "a table"
    }
  }
}

/// A key of a table with its value.
struct TomlEntry {
  let name: String
  /// Of the key.
  let position: ConfigurationPosition
  let node: TomlNode
}
