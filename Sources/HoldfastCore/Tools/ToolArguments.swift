/// The arguments of a call, flattened for plugins that have no reader of JSON.
public enum ToolArguments {
  /// Nested names joined with dots, places in lists counted from 0, in the order of their bytes;
  /// without null and without empty lists and objects. Empty for a text that is no JSON.
  public static func pairs(_ text: String) -> [(key: String, value: String)] {
    guard let json = try? JSON(Array(text.utf8)) else { return [] }
    var pairs: [(key: String, value: String)] = []
    flatten(json, at: "", into: &pairs)
    return pairs
  }

  private static func flatten(
    _ json: JSON, at path: String, into pairs: inout [(key: String, value: String)]
  ) {
    func below(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    switch json {
    case .null: break
    case .boolean(let value): pairs.append((path, value ? "true" : "false"))
    case .number(let value): pairs.append((path, value))
    case .string(let value): pairs.append((path, value))
    case .array(let values):
      for (index, value) in values.enumerated() {
        flatten(value, at: below("\(index)"), into: &pairs)
      }
    case .object(let members):
      for (name, value) in members.sorted(by: { inByteOrder($0.key, $1.key) }) {
        flatten(value, at: below(name), into: &pairs)
      }
    }
  }
}
