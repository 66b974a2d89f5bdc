internal import HoldfastControl
internal import HoldfastCore

/// What `status` shows, without any words but the host's own: numbers stay, and of texts those
/// whose field is known to hold a name or a word from a closed set.
enum RedactedStatus {
  /// Fields whose texts are names that the configuration or the host gives, or words of its own.
  private static let known: Set<String> = [
    "activity", "agent", "attention", "call", "classification", "configuration_file", "executor",
    "file", "holder", "id", "instance", "kind", "kinds", "lock", "outcome", "owner", "plugin",
    "purpose", "recall_state", "resource", "session", "stage", "state", "state_folder", "thread",
    "version", "work",
  ]
  /// In place of a text.
  static let hidden = JSON.string("…")

  /// The status, or a report of that sort, as JSON.
  static func json(_ report: some Encodable) -> JSON {
    guard let json = try? JSON(JSONText.encode(report)) else { return .null }
    return redacted(json, isKnown: false)
  }

  /// `field` is the one that the value stands in, or its list.
  private static func redacted(_ value: JSON, isKnown: Bool, in field: String = "") -> JSON {
    switch value {
    case .string(let text): isKnown || text.isEmpty ? value : hidden
    case .array(let values): .array(values.map { redacted($0, isKnown: isKnown, in: field) })
    case .object(let fields):
      .object(
        Dictionary(
          uniqueKeysWithValues: fields.map { name, value in
            // Plugins name their tools and say what they are for; threads are the host's own.
            let isKnown = known.contains(name) || (name, field) == ("name", "executors")
            return (
              name, name == "tools" ? hidden : redacted(value, isKnown: isKnown, in: name)
            )
          }))
    case .null, .boolean, .number: value
    }
  }
}
