public import HoldfastCore

/// Why a file that the configuration names could not be read.
public struct ConfigurationFileFailure: Error, Equatable, Sendable {
  /// Part of a sentence: "no such file".
  public var reason: String

  /// A failure.
  public init(_ reason: String) {
    self.reason = reason
  }
}

/// Reads the text of a configuration. It touches neither files nor environment by itself.
public struct ConfigurationLoader: Sendable {
  /// Gives the content of a file that the configuration names, or says why it cannot.
  public typealias FileReader =
    @Sendable (_ path: String) throws(ConfigurationFileFailure) -> [UInt8]

  /// The largest configuration file, in bytes.
  public static let maxFileBytes = 1_048_576
  /// The largest file that holds one secret, in bytes.
  public static let maxSecretBytes = 65_536
  /// How deeply files may include each other.
  public static let maxIncludeDepth = 8
  /// How many files make one configuration at most.
  public static let maxFiles = 64
  /// How many agents, and how many plugin instances, there may be.
  public static let maxSections = 4096
  /// How many problems are listed before only the first of each further plugin is.
  public static let maxProblems = 200

  let environment: [String: String]
  let readFile: FileReader

  /// A loader that takes secrets from `environment` and reads included and secret files with
  /// `readFile`.
  public init(environment: [String: String], readFile: @escaping FileReader) {
    self.environment = environment
    self.readFile = readFile
  }

  /// Reads the bytes of `file`, whose name is used in messages and as the start of relative names.
  ///
  /// Throws only when the text is no TOML at all: not UTF-8, malformed, larger than 1 MiB, nested
  /// too deeply (16 levels, 32 with dotted keys), or with a key that is set twice. Everything else
  /// is in `problems` of the result, the rest of which is good to use. Any thread with a stack of
  /// 256 KiB or more.
  public func load(_ text: [UInt8], file: String) throws(ConfigurationError) -> Configuration {
    let entries = try TomlDocument.parse(text, file: file)
    var loading = Loading(environment: environment, readFile: readFile)
    loading.add(entries, file: file)
    return loading.finish()
  }

  /// The same for a text that is already a string.
  public func load(_ text: String, file: String) throws(ConfigurationError) -> Configuration {
    try load(Array(text.utf8), file: file)
  }
}
