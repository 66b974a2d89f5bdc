internal import Glibc
internal import HoldfastConfiguration

/// Whether the files of a configuration are still what a host was started with. Any thread.
struct ConfigurationWatch: Sendable {
  /// What says that a file was not written since.
  private struct Mark: Sendable, Equatable {
    var inode: UInt64 = 0
    var size: Int64 = 0
    var seconds: Int64 = 0
    var nanoseconds: Int64 = 0

    /// Of a file that is not there: all zero.
    init(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return }
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      seconds = Int64(status.st_mtim.tv_sec)
      nanoseconds = Int64(status.st_mtim.tv_nsec)
    }
  }

  private struct Entry: Sendable {
    var path: String
    var mark: Mark
    /// Of the content: an editor may write the same again.
    var hash: Int
  }

  private let entries: [Entry]
  private let current: @Sendable () -> String?

  /// Of the files that are in force now; the first may be the built-in one, which is none.
  /// `current` says which file would be read.
  init(files: [String], current: @escaping @Sendable () -> String?) {
    entries = files.filter { $0 != ConfigurationText.builtInName }.map { path in
      Entry(path: path, mark: Mark(path), hash: Self.hash(path))
    }
    self.current = current
  }

  private static func hash(_ path: String) -> Int {
    let content = try? ConfigurationFile.read(path, limit: ConfigurationLoader.maxFileBytes)
    return content.hashValue
  }

  /// One sentence with what to do, empty if nothing has changed.
  var notice: String {
    let remedy = "it counts from the next start"
    if entries.isEmpty {
      return current().map { "\($0) is new since the host started; \(remedy)" } ?? ""
    }
    let changed = entries.first { entry in
      Mark(entry.path) != entry.mark && Self.hash(entry.path) != entry.hash
    }
    return changed.map { "\($0.path) has changed since the host started; \(remedy)" } ?? ""
  }
}
