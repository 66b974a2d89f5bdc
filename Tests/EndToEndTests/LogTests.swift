import Glibc
import HoldfastControl
import HoldfastCore
import Testing

/// A log that nobody reads is nobody's concern but its own.
@Suite struct LogTests {
  /// A named pipe with room for two pages.
  private final class Unread {
    let path: String
    private let file: Int32
    /// F_SETPIPE_SZ, which Swift does not see.
    private static let setPipeSize: Int32 = 1031

    init(in folder: TemporaryFolder) throws {
      path = folder.path + "/unread"
      guard mkfifo(path, 0o600) == 0 else { throw TestFailure("no named pipe at \(path)") }
      file = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
      guard file >= 0, fcntl(file, Self.setPipeSize, 8192) >= 0 else {
        throw TestFailure("no small pipe: \(String(cString: strerror(errno)))")
      }
    }

    deinit { close(file) }

    /// What is in it now.
    func text() -> String {
      var bytes = [UInt8](repeating: 0, count: 8192)
      let count = read(file, &bytes, bytes.count)
      return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
  }

  /// A host whose log is full with its first turn.
  private func stage(_ log: Unread, _ fixtures: [String]) throws -> Stage {
    let stage = try Stage(["notes": 1])
    for fixture in fixtures {
      let id = fixture.split(separator: "_").joined(separator: "-")
      stage.sections[id] = "plugin = \"\(id)\"\npath = \"\(Clone.fixture(fixture))\"\n"
    }
    try stage.start(log: log.path)
    try Patience.until("every plugin runs") {
      (try? stage.status())?.plugins.allSatisfy { $0.state == "running" } ?? false
    }
    return stage
  }

  @Test func aLogThatNobodyReadsHoldsNobodyUp() throws {
    let folder = try TemporaryFolder()
    let log = try Unread(in: folder)
    let stage = try stage(log, ["floods_log"])
    let chat = try stage.chat()
    for word in ["one", "two", "three"] { #expect(try chat.ask(word) == "re: \(word)") }
    try stage.settled("notes")
    #expect(try stage.status().executors.allSatisfy { $0.outstandingMilliseconds < 1000 })
    #expect(stage.stop() == 0)
    let text = log.text()
    #expect(text.utf8.count > 3500, "it was full: \(text)")
  }

  @Test func aCrashIsNotHeldUpByALogThatNobodyReads() throws {
    let folder = try TemporaryFolder()
    let log = try Unread(in: folder)
    let stage = try stage(log, ["floods_log"])
    #expect(try stage.chat().ask("one") == "re: one")
    try stage.director("notes").rule("retain", .raise, times: 1)
    // The host may end before it has said that it has the message.
    _ = try? stage.chat().receipt("two", id: "2")
    #expect(stage.waitForEnd() == 1000 + SIGSEGV)
    try stage.start()
    try stage.settled("notes")
    #expect(try stage.status().lastCrash?.plugin == "notes")
    #expect(stage.stop() == 0)
  }
}
