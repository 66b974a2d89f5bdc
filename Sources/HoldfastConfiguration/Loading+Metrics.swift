internal import HoldfastCore

/// Section `[metrics]`, of which one key holds secrets.
extension Loading {
  mutating func metrics(_ entry: TomlEntry) {
    let place = SectionPlace(path: entry.name)
    guard let entries = entries(of: entry, place) else { return }
    var metrics = configuration.metrics
    for entry in entries {
      if entry.name == "otlp_headers" {
        readHeaders(entry, into: &metrics, place)
      } else {
        set(entry, in: &metrics, SectionTables.metrics, place, beside: ["otlp_headers"])
      }
    }
    configuration.metrics = metrics
  }

  private mutating func readHeaders(
    _ entry: TomlEntry, into metrics: inout MetricsSettings, _ place: SectionPlace
  ) {
    let key = place.key(entry.name)
    guard case .table(let entries) = entry.node.value else {
      return report(
        at: entry.node.position, key,
        "expected a table, found \(entry.node.kind); write for example "
          + "otlp_headers = { x-tenant = \"home\" }")
    }
    if let earlier = found[key] {
      return report(
        at: entry.position, key, "is already set at \(earlier), which stands; remove one of them")
    }
    found[key] = entry.position
    var positions: [String: ConfigurationPosition] = [:]
    for (name, value) in table(entries, prefix: "", &positions, SectionPlace(path: key)) {
      if let sentence = Self.fault(ofHeader: name, value) {
        report(
          at: positions[ConfigurationValue.dottedName(name)] ?? entry.position, "\(key).\(name)",
          sentence)
      } else {
        metrics.collectorHeaders[name] = value
      }
    }
  }

  /// A line end in a header would be another header, or the end of all of them.
  private static func fault(ofHeader name: String, _ value: ConfigurationValue) -> String? {
    let isToken = name.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == 0x2D || byte == 0x5F
    }
    guard isToken, !name.isEmpty else {
      return "a header's name has letters, digits, \"-\" and \"_\"; correct it"
    }
    switch value {
    case .string(let text), .secret(let text):
      return text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        ? nil : "a header's text has no control characters; remove them"
    default: return "expected a string, found \(value.kind); put it in quotes"
    }
  }
}
