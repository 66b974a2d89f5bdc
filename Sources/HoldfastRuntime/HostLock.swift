internal import CShims
internal import Glibc

/// Makes this host the only one on its state. The kernel ends the lock with the process, however
/// that ends, so nothing is ever stale. What the file says is for people and decides nothing.
struct HostLock: ~Copyable {
  private let descriptor: Int32

  /// Takes the lock, or says who has it.
  init(stateFolder: String, now: String) throws(HostStartError) {
    let path = stateFolder + "/host.lock"
    let result = cshims_host_lock(path)
    if result == -EWOULDBLOCK {
      let holder = Self.holder(path)
      throw HostStartError(
        "another host runs on \(stateFolder)\(holder); stop it with `holdfast stop`, or name "
          + "another state with --state-dir")
    }
    guard result >= 0 else {
      throw HostStartError("cannot lock \(path): \(systemText(-result)); \(Self.remedy(-result))")
    }
    descriptor = result
    let text = "pid \(getpid())\nsince \(now)\n"
    ftruncate(result, 0)
    _ = text.withCString { pwrite(result, $0, strlen($0), 0) }
  }

  deinit { close(descriptor) }

  private static func holder(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = max(0, read(file, &bytes, bytes.count))
    let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
    return lines.isEmpty ? "" : " (" + lines.joined(separator: ", ") + ")"
  }

  private static func remedy(_ number: Int32) -> String {
    switch number {
    case ENOLCK, EINVAL, ENOSYS:
      "its file system has no such locks; put the state on a local file system"
    case EACCES, EPERM, EROFS: "make the folder writable for this user"
    default: "look at the folder"
    }
  }
}

/// What the system says of an error number.
func systemText(_ number: Int32) -> String {
  strerror(number).map { String(cString: $0).lowercased() } ?? "error \(number)"
}

/// The time of day for people, in UTC.
func utcText(_ milliseconds: Int64) -> String {
  var seconds = time_t(milliseconds / 1000)
  var parts = tm()
  gmtime_r(&seconds, &parts)
  func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
  return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
    + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) UTC"
}
