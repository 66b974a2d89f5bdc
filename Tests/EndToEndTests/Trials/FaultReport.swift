import FoundationEssentials

/// What a preloaded library or a tracer noted of the call that went wrong.
struct FaultReport {
  let path: String

  /// Call and file, as the library says.
  var met: String? {
    guard let line = lines.first else { return nil }
    let words = line.split(separator: " ", maxSplits: 1)
    return "\(words[0]) \(words.last.map { Self.name($0) } ?? "")"
  }

  /// The call in which the kernel ended the process, with its file.
  var traced: String? {
    let lines = lines
    guard lines.contains(where: { $0.contains("killed by SIGKILL") }) else { return nil }
    let last = lines.last { $0.hasSuffix("= ?") || $0.contains("<unfinished") }
    return last.map { Self.described($0) }
  }

  /// The first call that the kernel let fail.
  var injected: String? {
    lines.first { $0.contains("(INJECTED)") }.map { Self.described($0) }
  }

  private static func described(_ line: Substring) -> String {
    // A call that another thread's came between stands in two lines; the second has no file.
    guard !line.contains("resumed>") else {
      return String(line.drop { $0 != "." }.dropFirst(4).prefix { $0 != " " })
    }
    let call = line.drop { !$0.isLetter }.prefix { $0 != "(" }
    let file = line.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
    return "\(call) \(name(file))"
  }

  private static func name(_ path: Substring) -> String {
    String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
  }

  private var lines: [Substring] {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n")
  }
}
