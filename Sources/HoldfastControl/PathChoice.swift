/// What a person said about where things lie; nil where nothing was said.
public struct PathChoice: Sendable, Equatable {
  /// `--state-dir`, or `state_dir` of the configuration.
  public var stateDirectory: String?
  /// `--runtime-dir`, or `runtime_dir` of the configuration.
  public var runtimeDirectory: String?
  /// `--config`.
  public var configurationFile: String?

  /// Nothing was said.
  public init() {}
}

/// What the rules for paths depend on besides.
public struct PathSurroundings: Sendable {
  /// The process's environment.
  public var environment: [String: String]
  /// What relative paths count from.
  public var workingDirectory: String
  /// Effective user id.
  public var user: UInt32

  /// Surroundings made up by a test.
  public init(environment: [String: String], workingDirectory: String, user: UInt32) {
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.user = user
  }

  /// An absolute folder from the environment. The base directory specification wants relative ones
  /// ignored.
  func folder(_ variable: String) -> String? {
    guard let value = environment[variable], value.hasPrefix("/") else { return nil }
    return value
  }

  /// The text of a variable, nil if it is unset or empty.
  func text(_ variable: String) -> String? {
    guard let value = environment[variable], !value.isEmpty else { return nil }
    return value
  }

  /// The path from the root, without `.`, `..` and doubled slashes; `~` is the home folder.
  public func absolute(_ path: String) -> String {
    let home = path == "~" || path.hasPrefix("~/") ? environment["HOME"] : nil
    let whole =
      if let home { home + path.dropFirst() } else if path.hasPrefix("/") { path } else {
        workingDirectory + "/" + path
      }
    var parts: [Substring] = []
    for part in whole.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
