import Glibc
import HoldfastCore
import HoldfastPorts
import Testing

/// Files that others could have changed are not loaded.
@Suite struct TrustTests {
  private func fault(_ host: TestHost, _ path: String) throws -> PluginFault {
    try host.fault(host.begin(file: path, as: "listener"))
  }

  @Test func aFileThatOthersMayWriteIsRefused() throws {
    let host = try TestHost()
    let path = try host.folder.write("l.so", try Fixtures.content("listener"), mode: 0o775)
    #expect(
      try fault(host, path)
        == PluginFault(
          .untrusted, "\(path) can be changed by others (mode 775); run `chmod go-w \(path)`"))
  }

  @Test func aFolderThatOthersMayWriteIsRefused() throws {
    let host = try TestHost()
    let folder = try host.folder.folder("open", mode: 0o777)
    let inner = try host.folder.folder("open/inner")
    let path = try host.folder.write("open/inner/l.so", try Fixtures.content("listener"))
    #expect(inner == folder + "/inner")
    #expect(
      try fault(host, path)
        == PluginFault(
          .untrusted,
          "the folder \(folder) can be changed by others (mode 777), and so can the plugins in it; "
            + "run `chmod go-w \(folder)`"))
  }

  @Test func aFileOfAnotherUserIsRefused() throws {
    let host = try TestHost()
    let path = try host.folder.write("l.so", try Fixtures.content("listener"))
    guard chown(path, 12345, 12345) == 0 else { return }
    #expect(
      try fault(host, path)
        == PluginFault(
          .untrusted,
          "\(path) belongs to user 12345, neither to root nor to the host's user \(geteuid()); run "
            + "`chown \(geteuid()) \(path)`"))
  }

  @Test func aSymbolicLinkIsRefused() throws {
    let host = try TestHost()
    let path = try host.folder.write("l.so", try Fixtures.content("listener"))
    let link = "\(host.folder.path)/link.so"
    symlink(path, link)
    let fault = try fault(host, link)
    #expect(fault.code == .untrusted)
    #expect(fault.description.hasPrefix("\(link) is a symbolic link"))
  }

  @Test func aPipeIsRefusedAndNotWaitedFor() throws {
    let host = try TestHost()
    let path = "\(host.folder.path)/pipe.so"
    mkfifo(path, 0o600)
    #expect(
      try fault(host, path)
        == PluginFault(
          .untrusted, "\(path) is not a regular file; put the library itself there"))
  }

  @Test func aFolderThatIsReachedThroughALinkIsCheckedWhereItIs() throws {
    let host = try TestHost()
    _ = try host.folder.folder("open", mode: 0o777)
    _ = try host.folder.write("open/l.so", try Fixtures.content("listener"))
    symlink("\(host.folder.path)/open", "\(host.folder.path)/closed")
    #expect(try fault(host, "\(host.folder.path)/closed/l.so").code == .untrusted)
  }

  @Test func aTamperedCopyInTheStoreIsReplaced() throws {
    let host = try TestHost()
    let content = try Fixtures.content("listener")
    shell("mkdir -p '\(host.folder.path)/store/\(sha256(content))'")
    _ = try host.folder.write("store/\(sha256(content))/listener.so", Array("evil".utf8))
    let port = try host.start("listener")
    try host.end(port)
    #expect(try read("\(host.folder.path)/store/\(sha256(content))/listener.so") == content)
  }
}
