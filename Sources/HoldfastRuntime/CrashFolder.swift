internal import CShims
internal import Glibc
internal import HoldfastCore

/// The folder with the records of crashes. A host opens its record before it can crash, since a
/// handler may hardly do more than write. Whoever ends well leaves it empty for the next one.
struct CrashFolder {
  /// So many records of crashes stay.
  static let kept = 20
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

  /// Opens an empty record for this host, in place of the oldest if there are too many; a negative
  /// number with its sign changed says why not. Only for the host that holds the state's lock.
  func open() -> Int32 {
    mkdir(path, 0o700)
    let slot = (0...Self.kept).min { age($0) < age($1) } ?? 0
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW
    let file = Glibc.open(name(slot), flags, 0o600)
    return file < 0 ? -errno : file
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
