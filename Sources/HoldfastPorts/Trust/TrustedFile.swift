import Glibc
import HoldfastCore

/// The content of a file that nobody but its owner could have written. It is read through the
/// descriptor that was checked, so what was checked is what is used.
struct TrustedFile {
  let path: String
  let content: [UInt8]

  /// Longest file that is loaded.
  private static let sizeLimit = 512 << 20

  /// Opens and checks the file, and reads it.
  init(path: String) throws(PluginFault) {
    self.path = path
    guard
      let file = Descriptor(path: path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
      let status = file.status()
    else { throw Self.openFault(path) }
    try Self.checkFile(path, status)
    try Self.checkFolders(above: path)
    guard let content = file.contents(size: Int(status.st_size), limit: Self.sizeLimit) else {
      throw PluginFault(
        .missing, "\(path) cannot be read whole: it is too large or changes; copy it there again")
    }
    self.content = content
  }

  private static func openFault(_ path: String) -> PluginFault {
    switch errno {
    case ENOENT, ENOTDIR:
      PluginFault(.missing, "\(path) does not exist; put the plugin there or correct the path")
    case ELOOP:
      PluginFault(
        .untrusted,
        "\(path) is a symbolic link, which could point elsewhere tomorrow; name the "
          + "file itself")
    default:
      PluginFault(
        .missing, "\(path) cannot be read: \(systemReason()); run `chmod u+r \(quoted(path))`")
    }
  }

  private static func checkFile(_ path: String, _ status: stat) throws(PluginFault) {
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw PluginFault(.untrusted, "\(path) is not a regular file; put the library itself there")
    }
    try checkOwner(path, status)
    guard status.st_mode & 0o022 == 0 else {
      throw PluginFault(
        .untrusted,
        "\(path) can be changed by others (mode \(octal(status.st_mode))); run "
          + "`chmod go-w \(quoted(path))`")
    }
  }

  private static func checkOwner(_ path: String, _ status: stat) throws(PluginFault) {
    guard status.st_uid == 0 || status.st_uid == geteuid() else {
      throw PluginFault(
        .untrusted,
        "\(path) belongs to user \(status.st_uid), neither to root nor to the host's user "
          + "\(geteuid()); run `chown \(geteuid()) \(quoted(path))`")
    }
  }

  /// Whoever may write to a folder may exchange what is in it. Folders that lead to it by name
  /// count as well as those where it really is.
  private static func checkFolders(above path: String) throws(PluginFault) {
    let folder = folderName(path)
    guard let resolved = realpath(folder, nil) else { throw openFault(path) }
    defer { free(resolved) }
    var isChecked: Set<String> = []
    for start in [String(cString: resolved), absolute(folder)] {
      var next = start
      while isChecked.insert(next).inserted {
        try checkFolder(next)
        if next == "/" { break }
        next = folderName(next)
      }
    }
  }

  private static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let current = getcwd(nil, 0) else { return path }
    defer { free(current) }
    return String(cString: current) + "/" + path
  }

  private static func checkFolder(_ path: String) throws(PluginFault) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw openFault(path) }
    try checkOwner(path, status)
    let isSticky = status.st_mode & S_ISVTX != 0 && status.st_uid == 0
    guard status.st_mode & 0o022 == 0 || isSticky else {
      throw PluginFault(
        .untrusted,
        "the folder \(path) can be changed by others (mode \(octal(status.st_mode))), and so can "
          + "the plugins in it; run `chmod go-w \(quoted(path))`")
    }
  }

  private static func octal(_ mode: mode_t) -> String { String(mode & 0o7777, radix: 8) }
}
