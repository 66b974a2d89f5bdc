internal import HoldfastControl
internal import HoldfastCore

/// What `status` shows, without any words but the host's own: numbers stay, and of texts those
/// whose field is known to hold a name or a word from a closed set.
enum RedactedStatus {
  /// Fields whose texts are names that the configuration or the host gives, or words of its own.
  private static let known: Set<String> = [
    "activity", "agent", "attention", "call", "classification", "configuration_file", "executor",
    "holder", "id", "instance", "kind", "kinds", "lock", "outcome", "owner", "plugin", "purpose",
    "recall_state", "session", "stage", "state", "state_folder", "thread", "version", "work",
  ]
  /// In place of a text.
  static let hidden = JSON.string("…")

  /// The status, or a report of that sort, as JSON.
  static func json(_ report: some Encodable) -> JSON {
    guard let json = try? JSON(JSONText.encode(report)) else { return .null }
    return redacted(json, isKnown: false)
  }

  private static func redacted(_ value: JSON, isKnown: Bool) -> JSON {
    switch value {
    case .string(let text): isKnown || text.isEmpty ? value : hidden
    case .array(let values): .array(values.map { redacted($0, isKnown: isKnown) })
    case .object(let fields):
      .object(
        Dictionary(
          uniqueKeysWithValues: fields.map { name, value in
            // Plugins name their tools and say what they are for.
            (name, name == "tools" ? hidden : redacted(value, isKnown: known.contains(name)))
          }))
    case .null, .boolean, .number: value
    }
  }
}
