public import HoldfastCore

/// What a plugin says of itself without being run.
public struct PluginNote: Codable, Sendable, Equatable {
  /// Unique among the plugins of a host.
  public var id: String
  /// Of the plugin.
  public var version: String
  /// The header it was built with, such as "1.0".
  public var abi: String
  /// "memory", "channel", "model", "tools"; empty for a plain listener.
  public var kinds: [String]
  /// The events it wants, such as "session.switched".
  public var events: [String]
  /// "instance", "read-write", "session", "affine".
  public var concurrency: String
  /// What it is for, for people.
  public var summary: String
  /// Under which terms.
  public var license: String
  /// What it is written in.
  public var language: String
  /// What it was built with.
  public var toolchain: String
  /// Extension ids without which it is not to be loaded.
  public var requires: [String]
  /// Extension ids that it uses where they are.
  public var wants: [String]
  /// Extension ids that it offers.
  public var provides: [String]
  /// "network", "files", "exec", "secrets".
  public var permissions: [String]
  /// Settings of a memory provider that say where memories go.
  public var destination: [String]
  /// The settings it takes.
  public var config: [String: NoteSetting]

  private enum CodingKeys: String, CodingKey {
    case id, version, abi, kinds, events, concurrency, summary, license, language, toolchain
    case requires, wants, provides, permissions, destination, config
  }

  /// Reads a note; keys that it does not name are ignored, absent ones are empty.
  public init(from decoder: any Decoder) throws {
    let keyed = try decoder.container(keyedBy: CodingKeys.self)
    id = try keyed.decode(String.self, forKey: .id)
    version = try keyed.decode(String.self, forKey: .version)
    abi = try keyed.decode(String.self, forKey: .abi)
    kinds = try keyed.decodeIfPresent([String].self, forKey: .kinds) ?? []
    events = try keyed.decodeIfPresent([String].self, forKey: .events) ?? []
    concurrency = try keyed.decodeIfPresent(String.self, forKey: .concurrency) ?? "instance"
    summary = try keyed.decodeIfPresent(String.self, forKey: .summary) ?? ""
    license = try keyed.decodeIfPresent(String.self, forKey: .license) ?? ""
    language = try keyed.decodeIfPresent(String.self, forKey: .language) ?? ""
    toolchain = try keyed.decodeIfPresent(String.self, forKey: .toolchain) ?? ""
    requires = try keyed.decodeIfPresent([String].self, forKey: .requires) ?? []
    wants = try keyed.decodeIfPresent([String].self, forKey: .wants) ?? []
    provides = try keyed.decodeIfPresent([String].self, forKey: .provides) ?? []
    permissions = try keyed.decodeIfPresent([String].self, forKey: .permissions) ?? []
    destination = try keyed.decodeIfPresent([String].self, forKey: .destination) ?? []
    config = try keyed.decodeIfPresent([String: NoteSetting].self, forKey: .config) ?? [:]
  }

  /// Longest note that is read, in bytes.
  static let sizeLimit = 64 << 10

  /// Reads the content of a note; the reason why it cannot be read is a sentence without a subject.
  static func parse(_ content: [UInt8]) throws(ElfDamage) -> PluginNote {
    guard content.count <= sizeLimit else {
      throw ElfDamage("has a note of \(content.count) bytes; at most \(sizeLimit) are read")
    }
    let text = content.prefix { $0 != 0 }
    guard String(validating: text, as: UTF8.self) != nil else {
      throw ElfDamage("has a note that is not UTF-8")
    }
    do {
      let note = try JSON(Array(text)).decoded(as: PluginNote.self)
      try note.check()
      return note
    } catch let damage as ElfDamage {
      throw damage
    } catch let DecodingError.keyNotFound(key, _) {
      throw ElfDamage("has a note without \"\(key.stringValue)\"")
    } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context)
    {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw ElfDamage("has a note whose \"\(path)\" is of the wrong type")
    } catch {
      throw ElfDamage("has a note that is not a JSON object")
    }
  }

  private func check() throws(ElfDamage) {
    let isPlain = id.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E
    }
    guard isPlain, !id.isEmpty, id.utf8.count <= 128 else {
      throw ElfDamage(
        "has the id \"\(singleLine(id))\"; an id is made of a-z, 0-9, dots and hyphens")
    }
    for (name, setting) in config where PluginSchema.ValueType(rawValue: setting.type) == nil {
      throw ElfDamage("has the unknown type \"\(setting.type)\" for its setting \"\(name)\"")
    }
  }

  /// The union of its events; nil if it names one that the header does not.
  var eventMask: EventKind? {
    var mask: EventKind = []
    for name in events {
      guard let kind = EventKind(note: name) else { return nil }
      mask.insert(kind)
    }
    return mask
  }

  /// What its settings are checked against.
  public var schema: PluginSchema {
    PluginSchema(config.compactMapValues(\.setting))
  }
}

/// One setting of a note.
public struct NoteSetting: Codable, Sendable, Equatable {
  /// "string", "integer", "number", "boolean", "list".
  public var type: String
  /// Its value when the configuration names none.
  public var defaultValue: JSONValue?
  /// Whether the configuration must name a value.
  public var required: Bool
  /// Whether its value is never to be shown.
  public var secret: Bool
  /// A sentence for people.
  public var help: String

  private enum CodingKeys: String, CodingKey {
    case type, required, secret, help
    case defaultValue = "default"
  }

  /// Reads a setting; absent keys are false or empty.
  public init(from decoder: any Decoder) throws {
    let keyed = try decoder.container(keyedBy: CodingKeys.self)
    type = try keyed.decode(String.self, forKey: .type)
    defaultValue = try keyed.decodeIfPresent(JSONValue.self, forKey: .defaultValue)
    required = try keyed.decodeIfPresent(Bool.self, forKey: .required) ?? false
    secret = try keyed.decodeIfPresent(Bool.self, forKey: .secret) ?? false
    help = try keyed.decodeIfPresent(String.self, forKey: .help) ?? ""
  }

  var setting: PluginSchema.Setting? {
    guard let type = PluginSchema.ValueType(rawValue: type) else { return nil }
    return PluginSchema.Setting(
      type, defaultValue: defaultValue?.value, required: required, secret: secret, help: help)
  }
}

/// Any value of JSON, as a configuration value.
public struct JSONValue: Codable, Sendable, Equatable {
  /// The value; null is an empty string.
  public var value: ConfigurationValue

  /// Reads any value.
  public init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    if let boolean = try? single.decode(Bool.self) {
      value = .boolean(boolean)
    } else if let integer = try? single.decode(Int64.self) {
      value = .integer(integer)
    } else if let number = try? single.decode(Double.self) {
      value = .number(number)
    } else if let text = try? single.decode(String.self) {
      value = .string(text)
    } else if let list = try? single.decode([JSONValue].self) {
      value = .list(list.map(\.value))
    } else if let table = try? single.decode([String: JSONValue].self) {
      value = .table(table.mapValues(\.value))
    } else {
      value = .string("")
    }
  }

  /// Writes the value; secrets are left out.
  public func encode(to encoder: any Encoder) throws {
    var single = encoder.singleValueContainer()
    switch value {
    case .string(let text): try single.encode(text)
    case .secret: try single.encode("•••")
    case .integer(let integer): try single.encode(integer)
    case .number(let number): try single.encode(number)
    case .boolean(let boolean): try single.encode(boolean)
    case .list(let list): try single.encode(list.map(JSONValue.init))
    case .table(let table): try single.encode(table.mapValues(JSONValue.init))
    }
  }

  private init(_ value: ConfigurationValue) { self.value = value }
}
