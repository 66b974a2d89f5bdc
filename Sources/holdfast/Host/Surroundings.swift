internal import CShims
internal import Glibc

/// What the process was started with.
enum Surroundings {
  /// The environment; of a variable that is set twice the first value, as programs in C see it.
  static var environment: [String: String] {
    var found: [String: String] = [:]
    var index = 0
    while let entry = cshims_variable(index) {
      index += 1
      let text = String(cString: entry)
      guard let end = text.firstIndex(of: "=") else { continue }
      let name = String(text[..<end])
      if found[name] == nil { found[name] = String(text[text.index(after: end)...]) }
    }
    return found
  }

  /// Whether every argument is UTF-8; what is not reaches nobody as it was meant.
  static var argumentsAreText: Bool {
    (0..<Int(CommandLine.argc)).allSatisfy { index in
      CommandLine.unsafeArgv[index].map { String(validatingCString: $0) != nil } ?? true
    }
  }

  /// What relative paths count from.
  static var workingDirectory: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }
}
