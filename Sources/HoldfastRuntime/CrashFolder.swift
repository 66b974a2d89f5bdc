internal import CShims
internal import Glibc
public import HoldfastCore

/// The folder with the records of crashes. A host opens its record before it can crash, since a
/// handler may hardly do more than write. Whoever ends well leaves it empty for the next one.
struct CrashFolder {
  /// So many records of crashes stay.
  static let kept = 20
  /// An instance that has ended the host so often, in so many milliseconds, is left out.
  static let tolerated = 3
  static let period: Int64 = 600_000
  /// Longer records are read no further.
  private static let longest = 8192

  /// Where it lies.
  let path: String

  init(stateFolder: String) { path = stateFolder + "/crash" }

  /// What the last crash was.
  func last() -> CrashReport? { all().first }

  /// The crashes that are recorded, newest first.
  func all() -> [CrashReport] {
    (0...Self.kept).compactMap { CrashReport(record: text(of: $0)) }
      .sorted { $0.timeMilliseconds > $1.timeMilliseconds }
  }

  /// Why an instance is not to be loaded now, since it would end one host after the other: one
  /// sentence, or nil. What happened before a pardon does not count, and what ends a host in a turn
  /// is ended by setting the message aside.
  func loop(of instance: InstanceID, at now: WallTime) -> String? {
    var status = stat()
    let pardon = stat(pardon(of: instance), &status) == 0 ? status.st_mtim : timespec()
    let begin = max(
      Int64(pardon.tv_sec) * 1000 + Int64(pardon.tv_nsec) / 1_000_000,
      now.milliseconds - Self.period)
    let own = all().filter { crash in
      crash.plugin == instance.description && crash.timeMilliseconds > begin
        && crash.timeMilliseconds <= now.milliseconds && !["respond", "tool"].contains(crash.call)
    }
    guard own.count >= Self.tolerated, let last = own.first else { return nil }
    return "plugin \(instance): it has ended the host \(own.count) times within "
      + "\(Self.period / 60_000) minutes, the last time in \(last.call) (\(last.kind)), and is "
      + "left out; `holdfast plugin enable \(instance)` lets it in again"
  }

  /// Opens an empty record for this host, in place of the oldest if there are too many; a negative
  /// number with its sign changed says why not. Only for the host that holds the state's lock.
  func open() -> Int32 {
    mkdir(path, 0o700)
    let slot = (0...Self.kept).min { age($0) < age($1) } ?? 0
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW
    let file = Glibc.open(name(slot), flags, 0o600)
    return file < 0 ? -errno : file
  }

  private func pardon(of instance: InstanceID) -> String {
    "\(path)/pardon-\(percentEncoded(instance.description))"
  }

  /// Somebody says that an instance is well: what it did so far does not count any more.
  func pardon(_ instance: InstanceID) {
    let file = Glibc.open(
      pardon(of: instance), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return }
    futimens(file, nil)
    close(file)
  }

  private func name(_ slot: Int) -> String { "\(path)/record-\(slot)" }

  /// When a record was written, 0 if nothing is in it.
  private func age(_ slot: Int) -> Int64 {
    CrashReport(record: text(of: slot))?.timeMilliseconds ?? 0
  }

  private func text(of slot: Int) -> String {
    let file = Glibc.open(name(slot), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: Self.longest)
    let count = max(0, read(file, &bytes, bytes.count))
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}

/// A person lets an instance in again that was left out since it had ended the host over and over.
public func pardonCrashes(of instance: InstanceID, stateFolder: String) {
  CrashFolder(stateFolder: stateFolder).pardon(instance)
}

/// Writes down what ends the process, until it is let go.
final class CrashRecord: Sendable {
  private let file: Int32
  /// Why nothing is written down, one sentence.
  let problem: String?

  /// Only for the host that holds the state's lock.
  init(in folder: CrashFolder) {
    let result = folder.open()
    file = max(result, -1)
    problem =
      result < 0 ? "crashes are not recorded in \(folder.path): \(systemText(-result))" : nil
    cshims_crash_handlers_install(file)
  }

  deinit { cshims_crash_record_end(file) }
}
