internal import Glibc

/// What the system says of a file.
struct FileFacts {
  private let status: stat

  /// Nil if there is none. Of a link that its owner made, what it leads to.
  init?(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    if status.st_mode & S_IFMT == S_IFLNK, status.st_uid == geteuid() { stat(path, &status) }
    self.status = status
  }

  var isFolder: Bool { status.st_mode & S_IFMT == S_IFDIR }
  var isSocket: Bool { status.st_mode & S_IFMT == S_IFSOCK }
  var isOwn: Bool { status.st_uid == geteuid() }
  var owner: UInt32 { status.st_uid }
  var mode: mode_t { status.st_mode }
  var bytes: UInt64 { UInt64(max(0, status.st_size)) }
  var changedMilliseconds: Int64 { Int64(status.st_mtim.tv_sec) * 1000 }

  /// A size for people.
  static func size(_ bytes: UInt64) -> String {
    switch bytes {
    case ..<10_240: "\(bytes) bytes"
    case ..<(10 << 20): "\(bytes >> 10) KiB"
    case ..<(10 << 30): "\(bytes >> 20) MiB"
    default: "\(bytes >> 30) GiB"
    }
  }
}
