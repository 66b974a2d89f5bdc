import HoldfastCore
import Testing

@Suite struct ToolCatalogTests {
  private func catalog(_ lists: (String, [String])...) -> ToolCatalog {
    ToolCatalog(lists.map { (InstanceID($0.0), $0.1.map { Tool(name: $0) }) })
  }

  @Test func aModelSeesEachToolWithItsInstanceInFront() {
    let catalog = catalog(("notes", ["search", "add"]), ("b", ["search"]))
    #expect(catalog.offered.map(\.name) == ["b__search", "notes__add", "notes__search"])
    #expect(catalog.entries["notes__add"]?.instance == InstanceID("notes"))
    #expect(catalog.entries["notes__add"]?.tool.name == "add")
    #expect(catalog.leftOut.isEmpty)
  }

  @Test func ofTwoToolsWithOneNameTheFirstCounts() {
    let catalog = catalog(("a", ["b__c"]), ("a__b", ["c", "d"]))
    #expect(catalog.entries["a__b__c"]?.instance == InstanceID("a"))
    #expect(catalog.leftOut.map(\.name) == ["c"])
    #expect(
      catalog.leftOut.first?.reason
        == "“a__b__c” is a tool of a already; rename one of the instances")
    #expect(catalog.entries["a__b__d"] != nil)
  }

  @Test func namesThatNoModelTakesAreLeftOut() {
    let long = String(repeating: "n", count: 62)
    let catalog = catalog(("a", ["two words", "", "ünder", long, String(long.dropLast())]))
    #expect(catalog.leftOut.map(\.name) == ["two words", "", "ünder", long])
    #expect(catalog.entries.keys.first?.utf8.count == 64)
    #expect(catalog.leftOut.last?.reason.contains("longer than 64 bytes") == true)
  }

  @Test func whatATurnCalledIsReadBackFromItsRow() {
    var use = ToolUse(
      ToolRequest(id: "1", name: "a__b", arguments: "{\"x\":\"\\\"\n\0\"}"), round: 2, said: "hm ↑")
    use.status = .timeout
    use.result = "line\nbreak"
    let text = ToolUse.text(of: [use, ToolUse(ToolRequest(name: "c"), round: 1)])
    #expect(!text.contains("\n"))
    #expect(ToolUse.list(from: text) == [use, ToolUse(ToolRequest(name: "c"), round: 1)])
    #expect(ToolUse.text(of: []).isEmpty && ToolUse.list(from: "").isEmpty)
    #expect(ToolUse.list(from: "[{\"name\":3},7]").isEmpty && ToolUse.list(from: "{").isEmpty)
  }
}

@Suite struct ToolSchemaTests {
  private static let schema = """
    {"type":"object","required":["query"],"additionalProperties":false,"properties":{
      "query":{"type":"string"},"limit":{"type":["integer","null"]},
      "order":{"enum":["new","old"]},
      "tags":{"type":"array","items":{"type":"string"}},
      "at":{"type":"object","required":["hour"],"properties":{"hour":{"type":"number"}}}}}
    """

  @Test(arguments: [
    #"{"query":"tide"}"#, #"{"query":"","limit":3}"#, #"{"query":"","limit":3.0}"#,
    #"{"query":"","limit":null}"#, #"{"query":"","order":"old","tags":[]}"#,
    #"{"query":"","tags":["a","b"],"at":{"hour":6.5,"more":1}}"#,
  ])
  func argumentsThatFitArePassedOn(_ arguments: String) {
    #expect(ToolSchema(Self.schema)?.fault(in: arguments) == nil)
  }

  @Test(arguments: [
    ("", "“query” is required and missing."), ("{}", "“query” is required and missing."),
    (#"{"query":1}"#, "“query” must be of type string."),
    (#"{"query":"","limit":1.5}"#, "“limit” must be of type integer or null."),
    (#"{"query":"","order":"best"}"#, "“order” must be one of \"new\", \"old\"."),
    (#"{"query":"","tags":["a",true]}"#, "“tags[1]” must be of type string."),
    (#"{"query":"","at":{}}"#, "“at.hour” is required and missing."),
    (#"{"query":"","at":{"hour":"6"}}"#, "“at.hour” must be of type number."),
    (#"{"query":"","wish":1}"#, "“wish” is not known here."),
    ("[]", "The arguments are to be one JSON object."),
    ("tide", "The arguments are no JSON: they stop making sense at byte 1."),
  ])
  func argumentsThatDoNotFitAreExplained(_ arguments: String, _ fault: String) {
    #expect(ToolSchema(Self.schema)?.fault(in: arguments) == fault)
  }

  @Test func aSchemaIsOneObjectOrNothing() {
    #expect(ToolSchema("[]") == nil && ToolSchema("{") == nil && ToolSchema("true") == nil)
    #expect(ToolSchema("")?.fault(in: "{\"any\":1}") == nil)
    #expect(ToolSchema("{\"type\":\"wish\"}")?.fault(in: "{}") == nil, "unknown words are no rules")
  }

  @Test func argumentsAreFlattenedForPluginsWithoutJSON() {
    let pairs = ToolArguments.pairs(#"{"b":[1,{"c":"x"}],"a":{"t":true,"n":null},"e":{},"s":"ü"}"#)
    #expect(pairs.map { "\($0.key)=\($0.value)" } == ["a.t=true", "b.0=1", "b.1.c=x", "s=ü"])
    #expect(ToolArguments.pairs("{").isEmpty)
  }
}
