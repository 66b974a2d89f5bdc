import FoundationEssentials
import Glibc
import Testing

@testable import HoldfastRuntime

/// What the lock's file says is for people.
@Suite struct HostLockContentTests {
  @Test func whatIsWrittenIsReadAgain() throws {
    let own = HostLockContent.own
    #expect(own.pid == getpid() && own.bootID.count == 36 && !own.version.isEmpty)
    #expect(!own.hostName.isEmpty && own.sinceMilliseconds > 1_700_000_000_000)
    let file = "/tmp/holdfast-content-\(getpid())"
    defer { unlink(file) }
    try own.text.write(toFile: file, atomically: false, encoding: .utf8)
    #expect(HostLockContent(file: file) == own)
    #expect(own.note.hasPrefix(" (pid \(getpid()), since 2"))
    #expect(own.note.hasSuffix(", holdfast \(own.version) on \(own.hostName))"))
  }

  @Test(arguments: ["", "\n\n", "pid\n", "pid x\nsince yesterday\n", "\u{0}\u{0}"])
  func whatIsNoLocksFileSaysNothing(_ text: String) throws {
    let file = "/tmp/holdfast-content-\(getpid())-\(text.utf8.count)"
    defer { unlink(file) }
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    #expect(HostLockContent(file: file).note == "")
    #expect(HostLockContent(file: file + ".missing") == HostLockContent())
  }

  @Test func thoseWhoWaitAreCountedByTheFile() {
    let locks = """
      1: OFDLCK ADVISORY  WRITE -1 08:01:77 0 EOF
      1: -> OFDLCK ADVISORY  WRITE -1 08:01:77 0 EOF
      1: -> OFDLCK ADVISORY  WRITE -1 08:01:77 0 EOF
      2: POSIX  ADVISORY  READ 12 08:01:78 0 EOF
      2: -> POSIX  ADVISORY  WRITE 13 08:01:78 0 EOF
      """
    #expect(LockWaiters.count(in: locks, inode: 77) == 2)
    #expect(LockWaiters.count(in: locks, inode: 78) == 1)
    #expect(LockWaiters.count(in: locks, inode: 7) == 0)
    #expect(LockWaiters.count(for: "/nonexistent/host.lock") == nil)
  }
}
