internal import CShims
internal import Glibc
internal import HoldfastCore
internal import HoldfastThreads

/// Makes this host the only one on its state, or on its sockets. The kernel ends the lock with the
/// process, however that ends, so nothing is ever stale. What the file says is for people and
/// decides nothing.
struct HostLock: ~Copyable {
  private let descriptor: Int32

  /// The lock on the state. Of a lock that another host has it says who that is; or, if there is
  /// somebody to be told that it `waits`, it sleeps until the other host is gone.
  init(
    stateFolder: String, waits: (@Sendable (_ holder: String) -> Void)? = nil
  ) throws(HostStartError) {
    descriptor = try Self.take(
      stateFolder + "/host.lock", "another host runs on \(stateFolder)",
      remedy: "stop it with `holdfast stop`, name another state with --state-dir, or wait for its "
        + "end with `holdfast run --standby`", waits: waits, limit: nil)
  }

  /// The lock on the folder for sockets. Sockets that are there are left by hosts that are gone,
  /// though a child of such a host may keep one open; they are removed. If there is somebody to be
  /// told that it `waits`, it does for a host that has given up the state and is about to end; who
  /// stays longer has another state.
  init(
    runtimeFolder: String, waits: (@Sendable (_ holder: String) -> Void)? = nil
  ) throws(HostStartError) {
    descriptor = try Self.take(
      runtimeFolder + "/sockets.lock", "another host has its sockets in \(runtimeFolder)",
      remedy: "name another folder with --runtime-dir", waits: waits, limit: .seconds(5))
    cshims_remove_sockets(runtimeFolder)
  }

  private static func take(
    _ path: String, _ taken: String, remedy: String, waits: (@Sendable (String) -> Void)?,
    limit: Duration?
  ) throws(HostStartError) -> Int32 {
    var result = cshims_host_lock(path, 0)
    if result == -EWOULDBLOCK {
      let sentence = taken + HostLockContent(file: path).note
      guard let waits else { throw HostStartError("\(sentence); \(remedy)") }
      waits(sentence)
      result = wait(path, limit)
      if result == -EWOULDBLOCK { throw HostStartError("\(sentence) and keeps them; \(remedy)") }
    }
    guard result >= 0 else {
      throw HostStartError("cannot lock \(path): \(systemText(-result)); \(advice(-result))")
    }
    let text = HostLockContent.own.text
    ftruncate(result, 0)
    _ = text.withCString { pwrite(result, $0, strlen($0), 0) }
    return result
  }

  /// The lock, or a negative error number.
  private static func wait(_ path: String, _ limit: Duration?) -> Int32 {
    guard let limit else { return cshims_host_lock(path, 1) }
    return BoundedWork.result(on: "hf-lock", within: limit.nanoseconds) {
      cshims_host_lock(path, 1)
    } late: {
      if $0 >= 0 { cshims_host_unlock($0) }
    } ?? -EWOULDBLOCK
  }

  deinit { cshims_host_unlock(descriptor) }

  private static func advice(_ number: Int32) -> String {
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
