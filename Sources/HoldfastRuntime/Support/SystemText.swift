internal import HoldfastCore

/// Short files of the system.
enum SystemText {
  /// What is in it, empty if it cannot be read.
  static func read(_ path: String) -> String {
    let bytes = try? ConfigurationFile.read(path, limit: 65_536)
    return String(decoding: bytes ?? [], as: UTF8.self)
  }

  /// The number behind a word at the beginning of a line.
  static func number(_ word: String, in text: String) -> UInt64? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(word) }) else {
      return nil
    }
    return line.dropFirst(word.count).split { $0 == " " || $0 == "\t" }.first.flatMap { UInt64($0) }
  }

  /// The kernel's release, such as `6.1.0`.
  static var kernel: String {
    String(read("/proc/sys/kernel/osrelease").prefix { !$0.isNewline })
  }
}
