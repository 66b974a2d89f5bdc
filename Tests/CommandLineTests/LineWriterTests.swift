import Glibc
import HoldfastThreads
import Testing

/// A log whose reader comes when it likes.
@Suite struct LineWriterTests {
  /// A pipe, closed at the end.
  private final class Pipe {
    let reader: Int32
    let writer: Int32
    private var isRead = true

    init() {
      var ends: [Int32] = [0, 0]
      pipe(&ends)
      (reader, writer) = (ends[0], ends[1])
    }

    deinit {
      hangUp()
      close(writer)
    }

    func hangUp() {
      if isRead { close(reader) }
      isRead = false
    }

    /// Reads until a line is the last that is wanted; all lines.
    func lines(through isLast: (Substring) -> Bool) -> [Substring] {
      var text = ""
      var piece = [UInt8](repeating: 0, count: 65_536)
      while true {
        let lines = text.split(separator: "\n")
        if text.hasSuffix("\n"), lines.last.map(isLast) ?? false { return lines }
        let count = read(reader, &piece, piece.count)
        guard count > 0 else { return lines }
        text += String(decoding: piece.prefix(count), as: UTF8.self)
      }
    }
  }

  private static let padding = String(repeating: "-", count: 80)

  @Test(.timeLimit(.minutes(1)))
  func whoeverWritesDoesNotWaitForTheReader() {
    let pipe = Pipe()
    let writer = LineWriter(pipe.writer) { "\($0) lost\n" }
    for number in 1...5000 { writer.write("\(number) \(Self.padding)\n") }
    writer.write("end\n")
    #expect(
      pipe.lines { $0 == "end" }.dropLast() == (1...5000).map { "\($0) \(Self.padding)" }[...])
    writer.finish(within: 60_000_000_000)
    // And now nothing stands between it and the pipe.
    writer.write("more\n")
    #expect(pipe.lines { $0 == "more" } == ["more"])
  }

  @Test(.timeLimit(.minutes(1)))
  func whatIsTooMuchIsLostAndCounted() throws {
    let pipe = Pipe()
    let writer = LineWriter(pipe.writer, bound: 100_000) { "\($0) lost\n" }
    let all = 20_000
    for number in 1...all { writer.write("\(number) \(Self.padding)\n") }
    let lines = pipe.lines { $0.hasSuffix(" lost") }
    let lost = try #require(lines.last.flatMap { Int($0.dropLast(" lost".count)) })
    #expect(lost > 0 && lines.count - 1 + lost == all)
    #expect(lines.dropLast() == (1..<lines.count).map { "\($0) \(Self.padding)" }[...])
  }

  @Test(.timeLimit(.minutes(1)))
  func anEndWaitsForAReaderNoLongerThanItWasTold() {
    let pipe = Pipe()
    let writer = LineWriter(pipe.writer) { "\($0) lost\n" }
    for number in 1...5000 { writer.write("\(number) \(Self.padding)\n") }
    let start = monotonicNanoseconds()
    writer.finish(within: 50_000_000)
    #expect(monotonicNanoseconds() - start >= 50_000_000)
    #expect(pipe.lines { $0.hasPrefix("5000 ") }.count == 5000)
  }

  @Test(.timeLimit(.minutes(1)))
  func aReaderThatIsGoneIsNoReasonToKeepAnything() {
    signal(SIGPIPE, SIG_IGN)
    let pipe = Pipe()
    let writer = LineWriter(pipe.writer) { "\($0) lost\n" }
    for number in 1...5000 { writer.write("\(number) \(Self.padding)\n") }
    pipe.hangUp()
    writer.finish(within: 60_000_000_000)
    writer.write("more\n")
  }

  @Test func aFileHasEveryLineAtOnce() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/log"
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer { close(file) }
    let writer = LineWriter(file) { "\($0) lost\n" }
    for number in 1...1000 { writer.write("\(number) \(Self.padding)\n") }
    var status = stat()
    fstat(file, &status)
    #expect(status.st_size == (1...1000).reduce(0) { $0 + "\($1)".count + 82 })
  }
}
