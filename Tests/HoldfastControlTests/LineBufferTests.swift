import HoldfastControl
import HoldfastCore
import Testing

@Suite struct LineBufferTests {
  /// Everything that comes out when the bytes come in pieces of these sizes.
  private func pieces(_ text: String, limit: Int, sizes: [Int]) -> [LineBuffer.Piece] {
    var buffer = LineBuffer(limit: limit)
    var found: [LineBuffer.Piece] = []
    var rest = Array(text.utf8)[...]
    var turn = 0
    while !rest.isEmpty {
      let size = sizes[turn % sizes.count]
      turn += 1
      buffer.append(rest.prefix(size))
      rest = rest.dropFirst(size)
      while let piece = buffer.next() { found.append(piece) }
    }
    return found
  }

  @Test(arguments: [[1], [2], [3, 1], [1000], [4, 7, 1]])
  func howTheBytesAreCutDoesNotMatter(sizes: [Int]) {
    let text = "a\n\nbc\r\nlonger than ten\nd\n"
    #expect(
      pieces(text, limit: 10, sizes: sizes) == [
        .line(Array("a".utf8)), .line([]), .line(Array("bc".utf8)), .tooLong,
        .line(Array("d".utf8)),
      ])
  }

  @Test func aLineOfTheLimitIsTaken() {
    #expect(pieces("12345\n", limit: 5, sizes: [1]) == [.line(Array("12345".utf8))])
    #expect(pieces("123456\n", limit: 5, sizes: [1]) == [.tooLong])
  }

  @Test func anEndlessLineIsReportedOnceAndTakesNoMemory() {
    var buffer = LineBuffer(limit: 1000)
    var reports = 0
    for _ in 0..<1000 {
      buffer.append([UInt8](repeating: 0x61, count: 777))
      while let piece = buffer.next() {
        #expect(piece == .tooLong)
        reports += 1
      }
      #expect(buffer.count <= 1000 + 777)
    }
    #expect(reports == 1)
  }

  @Test func whatFollowsTheLastLineEndIsTheRest() {
    var buffer = LineBuffer(limit: 100)
    buffer.append(Array("a\nbc".utf8))
    #expect(buffer.next() == .line([0x61]))
    #expect(buffer.next() == nil)
    #expect(buffer.rest() == Array("bc".utf8))
    #expect(buffer.rest() == nil)
  }

  @Test func manyLinesKeepTheirOrder() {
    var random = IdentitySource(seed: 7)
    let lines = (0..<5000).map { "\($0)" + String(repeating: "x", count: Int(random.next() % 60)) }
    let sizes = (0..<97).map { _ in Int(random.next() % 5000) + 1 }
    let found = pieces(lines.map { $0 + "\n" }.joined(), limit: 100, sizes: sizes)
    #expect(found == lines.map { .line(Array($0.utf8)) })
  }
}
