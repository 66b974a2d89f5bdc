internal import HoldfastCore

/// One key of a section: how it is read, checked and shown. The tables of these are the only place
/// that names the keys; loader, suggestions and reference all follow from them.
struct Setting<Target>: Sendable {
  let name: String
  /// "integer", "boolean", … with the range where there is one, for the reference.
  let type: String
  let meaning: String
  /// A value in TOML that is in range, for sentences: `20`.
  let sample: String
  /// The default as the reference shows it, in Markdown.
  let shown: @Sendable (Target) -> String
  /// Stores the value, or gives a sentence without remedy.
  let read: @Sendable (TomlNode, inout Target, PathResolver) -> String?
}

/// How a value of one Swift type is written in TOML.
struct SettingKind<Value: Sendable>: Sendable {
  let type: String
  let expected: String
  let sample: String
  let shown: @Sendable (Value) -> String
  /// Nil: of another type.
  let read: @Sendable (TomlNode, PathResolver) -> Outcome?

  enum Outcome {
    case value(Value)
    case refused(String)
  }

  func read(_ node: TomlNode, _ paths: PathResolver, _ store: (Value) -> Void) -> String? {
    switch read(node, paths) {
    case .value(let value)?:
      store(value)
      return nil
    case .refused(let sentence)?: return sentence
    case nil: return "expected \(expected), found \(node.kind)"
    }
  }
}

extension Setting {
  /// A key with a default.
  init<Value: Sendable>(
    _ name: String, _ kind: SettingKind<Value>,
    _ field: any WritableKeyPath<Target, Value> & Sendable, _ meaning: String
  ) {
    self.name = name
    self.type = kind.type
    self.meaning = meaning
    self.sample = kind.sample
    self.shown = { "`\(kind.shown($0[keyPath: field]))`" }
    self.read = { node, target, paths in
      kind.read(node, paths) { target[keyPath: field] = $0 }
    }
  }

  /// A key that may stay unset; `unset` says what happens then.
  init<Value: Sendable>(
    _ name: String, _ kind: SettingKind<Value>,
    _ field: any WritableKeyPath<Target, Value?> & Sendable, unset: String, _ meaning: String
  ) {
    self.name = name
    self.type = kind.type
    self.meaning = meaning
    self.sample = kind.sample
    self.shown = { target in target[keyPath: field].map { "`\(kind.shown($0))`" } ?? unset }
    self.read = { node, target, paths in
      kind.read(node, paths) { target[keyPath: field] = $0 }
    }
  }
}
