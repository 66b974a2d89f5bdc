internal import Glibc
internal import HoldfastCore
internal import HoldfastPorts

/// The folder with support bundles.
struct SupportFolder {
  /// So many stay.
  static let kept = 20

  /// Where it lies.
  let path: String

  init(stateFolder: String) { path = stateFolder + "/support" }

  /// The bundles that are there, oldest first.
  var bundles: [String] {
    FolderListing.names(in: path).filter { $0.hasPrefix("bundle-") && $0.hasSuffix(".json") }
  }

  /// Writes one and forgets the oldest beyond those that stay. Throws a sentence.
  func keep(_ text: [UInt8], cause: SupportBundle.Cause, at time: WallTime) throws(SupportFault)
    -> String
  {
    mkdir(path, 0o700)
    let name = "bundle-\(Self.stamp(time.milliseconds))-\(cause.rawValue)"
    var file = "\(path)/\(name).json"
    var number = 1
    while access(file, F_OK) == 0 {
      number += 1
      file = "\(path)/\(name)-\(number).json"
    }
    try Self.write(text, to: file)
    prune()
    return file
  }

  /// Forgets the oldest beyond those that stay; how many that were.
  @discardableResult
  func prune() -> Int {
    let surplus = bundles.dropLast(Self.kept)
    for name in surplus { unlink("\(path)/\(name)") }
    return surplus.count
  }

  /// Writes a file as a whole, for its owner alone; a file that is there already is replaced. What
  /// is none, such as a symbolic link, a device or a pipe, stays and is written to.
  static func write(_ text: [UInt8], to file: String) throws(SupportFault) {
    var status = stat()
    let isReplaced = lstat(file, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    guard isReplaced else {
      let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw SupportFault(file, errno) }
      let problem = write(text, on: descriptor)
      close(descriptor)
      if problem != 0 { throw SupportFault(file, problem) }
      return
    }
    let draft = "\(file).\(getpid()).new"
    unlink(draft)
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SupportFault(file, errno) }
    var problem = write(text, on: descriptor)
    if problem == 0, fsync(descriptor) != 0 { problem = errno }
    close(descriptor)
    if problem == 0, rename(draft, file) != 0 { problem = errno }
    guard problem == 0 else {
      unlink(draft)
      throw SupportFault(file, problem)
    }
  }

  /// Writes all of it; 0, or why that was not possible.
  static func write(_ text: [UInt8], on descriptor: Int32) -> Int32 {
    var rest = text[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(65_536))
      let count = Glibc.write(descriptor, piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : EIO }
      rest = rest.dropFirst(count)
    }
    return 0
  }

  /// `20261120T140509Z`: names sort by time.
  private static func stamp(_ milliseconds: Int64) -> String {
    let digits = utcText(milliseconds).filter(\.isNumber)
    return digits.prefix(8) + "T" + digits.dropFirst(8) + "Z"
  }
}

/// Why a bundle could not be written: one sentence.
struct SupportFault: Error, CustomStringConvertible {
  let description: String

  init(_ file: String, _ number: Int32) {
    description =
      "\(file) cannot be written: \(systemText(number)); make room, make its folder writable, or "
      + "name another file"
  }
}
