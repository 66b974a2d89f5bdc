import Glibc
import HoldfastCore

/// An open file that closes itself.
struct Descriptor: ~Copyable {
  let number: Int32

  /// Nil if it cannot be opened; `errno` says why.
  init?(path: String, flags: Int32, mode: mode_t = 0) {
    let number = open(path, flags | O_CLOEXEC, mode)
    if number < 0 { return nil }
    self.number = number
  }

  deinit { close(number) }

  borrowing func status() -> stat? {
    var status = stat()
    return fstat(number, &status) == 0 ? status : nil
  }

  /// Everything from the start, at most `limit` bytes; nil if it cannot be read or is longer.
  borrowing func contents(size: Int, limit: Int) -> [UInt8]? {
    guard size <= limit else { return nil }
    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < size {
      let count = bytes.withUnsafeMutableBytes { buffer in
        pread(number, buffer.baseAddress.map { $0 + filled }, size - filled, off_t(filled))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return nil }
      filled += count
    }
    return bytes
  }

  /// Writes all bytes and makes them last; false if that failed.
  borrowing func write(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(number, buffer.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return fsync(number) == 0
  }
}

/// Makes a folder with all above it, for its owner alone; false if that failed.
func makePrivateFolder(_ path: String) -> Bool {
  if mkdir(path, 0o700) == 0 || errno == EEXIST { return true }
  guard errno == ENOENT, path != "/", path != "." else { return false }
  return makePrivateFolder(folderName(path)) && (mkdir(path, 0o700) == 0 || errno == EEXIST)
}

/// Replaces a file as a whole, or leaves it as it was; false if that failed.
func replaceFile(_ path: String, with bytes: [UInt8], mode: mode_t) -> Bool {
  let draft = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).new"
  guard let file = Descriptor(path: draft, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode) else {
    return false
  }
  guard file.write(bytes), rename(draft, path) == 0 else {
    let code = errno
    unlink(draft)
    errno = code
    return false
  }
  if let folder = Descriptor(path: folderName(path), flags: O_RDONLY | O_DIRECTORY) {
    fsync(folder.number)
  }
  return true
}
