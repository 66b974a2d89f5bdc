internal import Glibc
internal import HoldfastConfiguration
public import HoldfastCore

/// Reads configurations from files.
public enum ConfigurationFile {
  /// The configuration in `path`, or the built-in one if that is nil. Throws if there is no such
  /// file or it is no TOML; everything else is in `problems` of the result. Any thread.
  public static func load(
    _ path: String?, environment: [String: String]
  ) throws(ConfigurationError) -> Configuration {
    let loader = ConfigurationLoader(environment: environment) {
      name throws(ConfigurationFileFailure) in
      try read(name, limit: ConfigurationLoader.maxFileBytes)
    }
    guard let path else {
      return try loader.load(ConfigurationText.builtIn, file: ConfigurationText.builtInName)
    }
    let text: [UInt8]
    do { text = try read(path, limit: ConfigurationLoader.maxFileBytes) } catch {
      throw ConfigurationError(
        at: ConfigurationPosition(file: path), "cannot be read: \(error.reason)")
    }
    return try loader.load(text, file: path)
  }

  /// The bytes of a file, at most `limit` and one: enough to see that it is too large.
  static func read(_ path: String, limit: Int) throws(ConfigurationFileFailure) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw ConfigurationFileFailure(reason(errno)) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw ConfigurationFileFailure("it is no regular file")
    }
    var content: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while content.count <= limit {
      let count = Glibc.read(file, &piece, min(piece.count, limit + 1 - content.count))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ConfigurationFileFailure(reason(errno)) }
      if count == 0 { break }
      content += piece.prefix(count)
    }
    return content
  }

  private static func reason(_ number: Int32) -> String {
    if number == ENOENT { return "no such file" }
    return strerror(number).map { String(cString: $0).lowercased() } ?? "error \(number)"
  }
}
