import HoldfastCore
import Testing

@Suite struct JSONTests {
  private func read(_ text: String) -> JSON? { try? JSON(Array(text.utf8)) }

  @Test func everyKindOfValueIsRead() {
    #expect(read(" null ") == .null)
    #expect(read("true") == .boolean(true))
    #expect(read("false") == .boolean(false))
    #expect(read("[]") == .array([]))
    #expect(read("{ }") == .object([:]))
    #expect(
      read("[1,\t-0.5e+3 ,\r\n0]") == .array([.number("1"), .number("-0.5e+3"), .number("0")]))
    #expect(read(#"{"a":{"b":[null]}}"#) == .object(["a": .object(["b": .array([.null])])]))
    #expect(read(#"{"a":1,"a":2}"#) == .object(["a": .number("2")]))
  }

  @Test func textIsUnescaped() {
    #expect(read(#""a\"\\\/\b\f\n\r\t""#) == .string("a\"\\/\u{8}\u{C}\n\r\t"))
    #expect(read(#""\u00fc\uD83E\udea2\u0000""#) == .string("ü🪢\u{0}"))
    #expect(read("\"ü🪢\u{2028}\"") == .string("ü🪢\u{2028}"))
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "tru", "[", "[1", "[1,", "[1,]", "[,1]", "{", "{\"a\"", "{\"a\":}",
    "{\"a\":1,}", "{a:1}", "{1:1}", "01", "1.", ".5", "-", "+1", "1e", "0x1", "NaN", "Infinity",
    "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
    "\"\\udc00\"", "\"a\nb\"", "\"\u{1F}\"", "1 2", "[1] x", "'a'", "// a\n1", "\u{FEFF}1",
  ])
  func whatIsNoJSONIsRefused(text: String) {
    #expect(read(text) == nil)
  }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(throws: JSONProblem.self) { try JSON([0x22, 0xFF, 0x22]) }
    #expect(throws: JSONProblem.self) { try JSON([0x22, 0xC0, 0x80, 0x22]) }
  }

  @Test func nestingHasABound() {
    let deep = { (levels: Int) in
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(read(deep(JSON.maxDepth)) != nil)
    #expect(read(deep(JSON.maxDepth + 1)) == nil)
    #expect(read(String(repeating: "{\"a\":[", count: 100_000)) == nil)
  }

  @Test func writingIsTheReverseOfReading() throws {
    let text = #"{"a":[1,2.5,"x\"\\\n\u0001ü"],"b":{},"c":[],"d":null,"e":true}"#
    let json = try #require(read(text))
    #expect(json.text() == text)
    #expect(read(json.text(isIndented: true)) == json)
    #expect(
      JSON.object(["a": .array([.number("1")]), "b": .object([:])]).text(isIndented: true)
        == """
        {
          "a": [
            1
          ],
          "b": {}
        }
        """)
  }

  private struct Sample: Codable, Equatable {
    var name: String
    var big: UInt64
    var small: Int8
    var share: Double
    var isOn: Bool
    var maybe: String?
    var list: [Sample]
    var table: [String: Int]
    var kind: Kind

    enum Kind: String, Codable { case one, other }
  }

  @Test func valuesComeBackAsTheyWere() throws {
    let inner = Sample(
      name: "ü", big: .max, small: -128, share: 0.1, isOn: false, maybe: nil, list: [],
      table: [:], kind: .one)
    let outer = Sample(
      name: "", big: 0, small: 127, share: -1e300, isOn: true, maybe: "", list: [inner, inner],
      table: ["a b": 1, "é": -5], kind: .other)
    for isIndented in [false, true] {
      let text = try JSON(encoding: outer).text(isIndented: isIndented)
      #expect(try JSON(Array(text.utf8)).decoded(as: Sample.self) == outer)
    }
  }

  @Test func namesAreSpelledAndDataIsNot() throws {
    struct Shout: Codable, Equatable {
      var word: String
      var table: [String: Int]
    }
    let spelling = JSONSpelling { $0.uppercased() }
    let value = Shout(word: "x", table: ["key": 1])
    let json = try JSON(encoding: value, spelling)
    #expect(json.text() == #"{"TABLE":{"key":1},"WORD":"x"}"#)
    #expect(try json.decoded(as: Shout.self, spelling) == value)
  }

  @Test(arguments: [
    ("{}", "a"), (#"{"a":"x"}"#, "a"), (#"{"a":1.5}"#, "a"), (#"{"a":300}"#, "a"),
    (#"{"a":null}"#, "a"), (#"{"a":-1}"#, "a"),
  ])
  func whatDoesNotFitIsNamed(text: String, key: String) throws {
    struct Small: Decodable { var a: UInt8 }
    let error = #expect(throws: DecodingError.self) {
      try JSON(Array(text.utf8)).decoded(as: Small.self)
    }
    switch error {
    case .keyNotFound(let missing, _)?: #expect(missing.stringValue == key)
    case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?,
      .dataCorrupted(let context)?:
      #expect(context.codingPath.map(\.stringValue) == [key])
    default: Issue.record("another error")
    }
  }
}
