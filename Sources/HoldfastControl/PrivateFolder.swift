internal import Glibc

/// Why a folder cannot be used: one sentence with the remedy.
public struct FolderFailure: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  /// A failure.
  public init(_ description: String) { self.description = description }
}

extension HostPaths {
  /// Makes the folders for state and sockets, mode 0700, with those above them. What is there
  /// already is checked, not changed. Any thread.
  public func makeFolders() throws(FolderFailure) {
    try makeStateFolder()
    try makeRuntimeFolder()
  }

  /// The state's part of `makeFolders`.
  public func makeStateFolder() throws(FolderFailure) {
    let what = "the state folder \(stateDirectory)"
    try PrivateFolder.make(stateDirectory, what, remedy: "name another with --state-dir")
    let mode = try PrivateFolder.check(stateDirectory, what).st_mode
    guard mode & 0o022 == 0 else {
      throw FolderFailure("\(what) can be written by others: chmod go-w '\(stateDirectory)'")
    }
    guard access(stateDirectory, W_OK | X_OK) == 0 else {
      throw FolderFailure(
        "\(what) is not writable: chmod u+rwx '\(stateDirectory)', or name another with --state-dir"
      )
    }
  }

  /// The sockets' part of `makeFolders`.
  public func makeRuntimeFolder() throws(FolderFailure) {
    let what = "the folder for sockets \(runtimeDirectory)"
    try PrivateFolder.make(runtimeDirectory, what, remedy: "name another with --runtime-dir")
    let mode = try PrivateFolder.check(runtimeDirectory, what).st_mode
    guard mode & 0o077 == 0 else {
      throw FolderFailure("\(what) is open to others: chmod 700 '\(runtimeDirectory)'")
    }
  }
}

/// Folders that nobody else gets into.
enum PrivateFolder {
  static func make(_ path: String, _ what: String, remedy: String) throws(FolderFailure) {
    for end in path.indices.dropFirst() where path[end] == "/" {
      mkdir(String(path[..<end]), 0o700)
    }
    if mkdir(path, 0o700) == 0 { return }
    let error = errno
    if error == EEXIST { return }
    throw FolderFailure("cannot make \(what): \(systemReason(error)); \(remedy)")
  }

  /// A symbolic link could be turned elsewhere by whoever owns it, so the path itself must be a
  /// folder of ours.
  static func check(_ path: String, _ what: String) throws(FolderFailure) -> stat {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      throw FolderFailure("cannot look at \(what): \(systemReason(errno))")
    }
    // Where a person put a link in place of their own folder, its target is checked instead.
    if status.st_mode & S_IFMT == S_IFLNK, status.st_uid == geteuid() { stat(path, &status) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw FolderFailure("\(what) is not a folder; move it away or name another")
    }
    guard status.st_uid == geteuid() else {
      throw FolderFailure("\(what) belongs to user \(status.st_uid), not to you; name another")
    }
    return status
  }
}

/// What the system says about an error number, beginning in lower case.
func systemReason(_ number: Int32) -> String {
  guard let text = strerror(number) else { return "error \(number)" }
  let reason = String(cString: text)
  return reason.prefix(1).lowercased() + reason.dropFirst()
}
