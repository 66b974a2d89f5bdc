import FoundationEssentials
import HoldfastCore
import Testing

struct ConfigurationValueTests {
  @Test func jsonOfEveryCharacterIsReadBackByAnotherParser() throws {
    let text =
      String(
        String.UnicodeScalarView((0...0x2FFF).compactMap { Unicode.Scalar(UInt32($0)) })) + "🪸"
    let json = ConfigurationValue.table([text: .list([.string(text)])]).json
    let read = try JSONDecoder().decode([String: [String]].self, from: Data(json.utf8))
    #expect(read == [text: [text]])
    #expect(!json.utf8.contains { $0 < 0x20 })
  }

  @Test func numbersKeepTheirValue() throws {
    let numbers = [0.1, -0.0, 1e300, Double.leastNonzeroMagnitude, 123_456_789.123]
    let json = ConfigurationValue.list(numbers.map { .number($0) }).json
    #expect(try JSONDecoder().decode([Double].self, from: Data(json.utf8)) == numbers)
    let edges = ConfigurationValue.list([.integer(.min), .integer(.max), .number(.nan)])
    #expect(edges.json == "[-9223372036854775808,9223372036854775807,null]")
  }

  @Test func pairsAreInTheOrderOfTheirBytes() {
    let value = ConfigurationValue.table([
      "b": .integer(1), "B": .integer(2), "é": .integer(3), "a": .table(["z": .boolean(false)]),
      "a.z": .string("x"), "a-b": .number(1), "empty": .table([:]),
    ])
    #expect(
      value.pairs.map { "\($0.key)=\($0.text)" } == [
        "\"a.z\"=x", "\"é\"=3", "B=2", "a-b=1.0", "a.z=false", "b=1",
      ])
  }

  @Test func nothingThatPrintsGivesASecretAway() {
    let value = ConfigurationValue.table(["a": .list([.secret("hush")]), "b": .string("open")])
    var dumped = ""
    dump(value, to: &dumped)
    #expect(!"\(value)".contains("hush"))
    #expect(!String(reflecting: value).contains("hush"))
    #expect(!dumped.contains("hush"))
    #expect("\(value)".contains("open"))
    #expect(value.json.contains("hush"))
  }
}

struct SuggestionTests {
  @Test(arguments: [
    ("queue_kap", "queue_cap"), ("quue_cap", "queue_cap"), ("queue_cpa", "queue_cap"),
    ("QUEUE_CAP", "queue_cap"), ("histoy_truns", "history_turns"),
  ])
  func slipIsRecognised(name: String, meant: String) {
    #expect(Suggestion.nearest(to: name, among: ["history_turns", "queue_cap"]) == meant)
  }

  @Test(arguments: ["", "xx", "colour", "queue", String(repeating: "q", count: 10_000)])
  func anythingElseIsNot(name: String) {
    #expect(Suggestion.nearest(to: name, among: ["history_turns", "queue_cap"]) == nil)
  }

  @Test func nearestWinsThenTheFirst() {
    #expect(Suggestion.nearest(to: "note", among: ["nodes", "notes"]) == "notes")
    #expect(Suggestion.nearest(to: "notes", among: ["notez", "notea"]) == "notea")
  }
}
