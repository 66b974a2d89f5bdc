internal import Glibc
internal import HoldfastControl
internal import HoldfastCore

/// What a lock's file says of its holder. It is for people, and decides nothing.
struct HostLockContent: Equatable {
  var pid: Int32 = 0
  var hostName = ""
  /// Of the machine's last start, as its kernel names it.
  var bootID = ""
  var sinceMilliseconds: Int64 = 0
  var version = ""

  /// What this process writes.
  static var own: HostLockContent {
    var content = HostLockContent()
    content.pid = getpid()
    content.hostName = read("/proc/sys/kernel/hostname", limit: 256)
    content.bootID = read("/proc/sys/kernel/random/boot_id", limit: 64)
    content.sinceMilliseconds = WallTime.now.milliseconds
    content.version = Holdfast.version
    return content
  }

  /// Nothing is known.
  init() {}

  /// What is in a file; what it lacks stays empty.
  init(file: String) {
    for line in Self.read(file, limit: 1024).split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1)
      guard words.count == 2 else { continue }
      let value = String(words[1])
      switch words[0] {
      case "pid": pid = Int32(value) ?? 0
      case "host": hostName = value
      case "boot": bootID = value
      case "since": sinceMilliseconds = value.split(separator: " ").first.flatMap { Int64($0) } ?? 0
      case "version": version = value
      default: break
      }
    }
  }

  /// The file.
  var text: String {
    "pid \(pid)\nhost \(hostName)\nboot \(bootID)\n"
      + "since \(sinceMilliseconds) \(utcText(sinceMilliseconds))\nversion \(version)\n"
  }

  /// Between brackets behind a sentence; empty if nothing is known.
  var note: String {
    if pid == 0 { return "" }
    return " (pid \(pid), since \(utcText(sinceMilliseconds))"
      + (version.isEmpty ? "" : ", holdfast \(version)")
      + (hostName.isEmpty ? "" : " on \(hostName)") + ")"
  }

  /// The first line's worth of a small file, without the line's end.
  private static func read(_ path: String, limit: Int) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = max(0, Glibc.read(file, &bytes, bytes.count))
    var text = String(decoding: bytes.prefix(count), as: UTF8.self)
    while text.last?.isNewline ?? false { text.removeLast() }
    return text
  }
}

/// Who waits in the kernel for a lock on a file.
enum LockWaiters {
  /// How many processes wait, nil if the kernel does not say.
  static func count(for path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let file = open("/proc/locks", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var text: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 16_384)
    while text.count < 1 << 20 {
      let count = read(file, &bytes, bytes.count)
      if count <= 0 { break }
      text += bytes.prefix(count)
    }
    return count(in: String(decoding: text, as: UTF8.self), inode: UInt64(status.st_ino))
  }

  /// Lines such as `1: -> OFDLCK ADVISORY  WRITE -1 08:01:1234 0 EOF`.
  static func count(in locks: String, inode: UInt64) -> Int {
    locks.split(separator: "\n").count { line in
      let words = line.split(separator: " ")
      guard words.count > 2, words[1] == "->" else { return false }
      return words.contains { word in
        let parts = word.split(separator: ":")
        return parts.count == 3 && UInt64(parts[2]) == inode
      }
    }
  }
}
