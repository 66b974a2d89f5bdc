internal import HoldfastCore

extension SettingKind where Value == Int {
  static func integer(_ range: ClosedRange<Int>, sample: Int) -> Self {
    SettingKind(
      type: "integer, \(range.lowerBound) to \(range.upperBound)", expected: "an integer",
      sample: "\(sample)", shown: { "\($0)" },
      read: { node, _ in
        guard case .integer(let value) = node.value else { return nil }
        return Int(exactly: value).flatMap { range.contains($0) ? .value($0) : nil }
          ?? .refused("\(value) is not between \(range.lowerBound) and \(range.upperBound)")
      })
  }
}

extension SettingKind where Value == Duration {
  static func milliseconds(_ range: ClosedRange<Int>, sample: Int) -> Self {
    let integer = SettingKind<Int>.integer(range, sample: sample)
    return SettingKind(
      type: integer.type, expected: integer.expected, sample: integer.sample,
      shown: {
        "\($0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000)"
      },
      read: { node, paths in
        switch integer.read(node, paths) {
        case .value(let value)?: .value(.milliseconds(value))
        case .refused(let sentence)?: .refused(sentence)
        case nil: nil
        }
      })
  }
}

extension SettingKind where Value == Bool {
  static let boolean = SettingKind(
    type: "boolean", expected: "true or false", sample: "true", shown: { "\($0)" },
    read: { node, _ in
      guard case .boolean(let value) = node.value else { return nil }
      return .value(value)
    })
}

extension SettingKind where Value == String {
  static func text(maxBytes: Int = 255, allowsEmpty: Bool = false, sample: String) -> Self {
    SettingKind(
      type: "string", expected: "a string", sample: quoted(sample), shown: quoted,
      read: { node, _ in
        guard case .string(let value) = node.value else { return nil }
        if value.isEmpty && !allowsEmpty { return .refused("is empty") }
        if value.utf8.count > maxBytes { return .refused("is longer than \(maxBytes) bytes") }
        if value.utf8.contains(0) { return .refused("contains a NUL character") }
        return .value(value)
      })
  }

  static func path(sample: String) -> Self {
    let text = SettingKind.text(maxBytes: 4095, sample: sample)
    return SettingKind(
      type: "path", expected: text.expected, sample: text.sample, shown: text.shown,
      read: { node, paths in
        switch text.read(node, paths) {
        case .value(let value)?: .value(paths.resolve(value))
        case let other: other
        }
      })
  }

  static let sha256 = SettingKind(
    type: "string of 64 hexadecimal digits", expected: "a string",
    sample: quoted(String(repeating: "0", count: 64)), shown: quoted,
    read: { node, _ in
      guard case .string(let value) = node.value else { return nil }
      let digits = value.utf8.count == 64 && value.allSatisfy(\.isHexDigit)
      return digits ? .value(value.lowercased()) : .refused("is not 64 hexadecimal digits")
    })
}

extension SettingKind where Value == TimeOfDay {
  static let timeOfDay = SettingKind(
    type: "time of day", expected: "a string", sample: quoted("04:00"),
    shown: { quoted($0.description) },
    read: { node, _ in
      guard case .string(let text) = node.value else { return nil }
      return TimeOfDay(text).map { .value($0) }
        ?? .refused("\(quoted(String(text.prefix(20)))) is no time of day from 00:00 to 23:59")
    })
}

extension SettingKind where Value == LoopbackAddress {
  static let loopback = SettingKind(
    type: "address of this machine and port", expected: "a string",
    sample: quoted("127.0.0.1:9464"), shown: { quoted($0.description) },
    read: { node, _ in
      guard case .string(let text) = node.value else { return nil }
      let port = text.lastIndex(of: ":").map { text[text.index(after: $0)...] }
      guard let port, UInt16(port) != nil else {
        return .refused(
          "\(quoted(String(text.prefix(60)))) has no port behind its last \":\"; one is a number "
            + "from 0 to 65535")
      }
      return LoopbackAddress(text).map { .value($0) }
        ?? .refused(
          "\(quoted(String(text.prefix(60)))) is no address that this machine alone can reach, and "
            + "figures are for nobody else")
    })
}

extension SettingKind where Value == String {
  /// Who logs in there stands in a header, which may be a secret.
  static let webAddress = SettingKind(
    type: "web address", expected: "a string", sample: quoted("http://127.0.0.1:4318/v1/metrics"),
    shown: quoted,
    read: { node, _ in
      guard case .string(let text) = node.value else { return nil }
      let scheme = ["http://", "https://"].first { text.hasPrefix($0) }
      let rest = text.dropFirst(scheme?.utf8.count ?? 0)
      let host = rest.prefix { $0 != "/" && $0 != "?" }
      let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
      guard scheme != nil, !host.isEmpty, isPlain, text.utf8.count <= 2048 else {
        return .refused("is no address that begins with http:// or https://")
      }
      if host.contains("@") {
        return .refused("names who logs in; write that into otlp_headers, as a secret")
      }
      return .value(text)
    })
}

extension SettingKind where Value == InstanceID {
  static func instance(sample: String) -> Self {
    let text = SettingKind<String>.text(maxBytes: 64, sample: sample)
    return SettingKind(
      type: "instance", expected: text.expected, sample: text.sample,
      shown: { text.shown($0.description) },
      read: { node, paths in
        switch text.read(node, paths) {
        case .value(let name)?: .value(InstanceID(name))
        case .refused(let sentence)?: .refused(sentence)
        case nil: nil
        }
      })
  }
}

extension SettingKind {
  static func list<Element: Hashable & Sendable>(
    of element: SettingKind<Element>, _ what: String
  ) -> Self where Value == [Element] {
    SettingKind(
      type: "list of \(what)", expected: "a list of \(what)", sample: "[\(element.sample)]",
      shown: { "[\($0.map(element.shown).joined(separator: ", "))]" },
      read: { node, paths in
        guard case .list(let nodes) = node.value else { return nil }
        if nodes.count > 256 { return .refused("has more than 256 elements") }
        var values: [Element] = []
        for node in nodes {
          if let sentence = element.read(node, paths, { values.append($0) }) {
            return .refused("element \(values.count + 1): \(sentence)")
          }
          if let last = values.last, values.dropLast().contains(last) {
            return .refused("names \(element.shown(last)) twice")
          }
        }
        return .value(values)
      })
  }
}

extension SettingKind
where
  Value: CaseIterable & RawRepresentable<String>, Value: SendableMetatype, Value.AllCases == [Value]
{
  static func choice(sample: Value) -> Self {
    let words = Value.allCases.map(\.rawValue)
    let listed = words.map(quoted).joined(separator: ", ")
    return SettingKind(
      type: "one of " + listed, expected: "a string", sample: quoted(sample.rawValue),
      shown: { quoted($0.rawValue) },
      read: { node, _ in
        guard case .string(let word) = node.value else { return nil }
        if let value = Value(rawValue: word) { return .value(value) }
        let question = Suggestion.question(for: word, among: words)
        return .refused("\(quoted(word)) is not one of \(listed)\(question)")
      })
  }
}

/// A string as TOML has it.
func quoted(_ text: String) -> String { ConfigurationValue.string(text).json }
