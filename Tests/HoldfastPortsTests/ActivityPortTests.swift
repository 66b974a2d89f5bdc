import CHoldfast
import HoldfastCore
import HoldfastPorts
import Testing

/// What a plugin says of its work, at the boundary.
@Suite struct ActivityPortTests {
  @Test func everyRuleOfActivitiesIsKept() throws {
    let host = try TestHost()
    let port = try host.start("activities")
    let context = Samples.context()
    port.submit(
      .callTool(ToolCall(context: context, key: "call 1", name: "probe", arguments: "{}")),
      as: OperationID(1), deadline: nil)
    var reports: [ActivityReport] = []
    var answer: PluginAnswer?
    while answer == nil {
      switch try host.next(port.instance) {
      case .activity(let report): reports.append(report)
      case .answered(_, let given, _): answer = given
      case let other: throw TestFailure("unexpected: \(other)")
      }
    }
    #expect(answer?.status == .ok)
    #expect(
      try host.calls("activities") == [
        "begin 0 -1 -1 -1 -3 -10 -11 -11", "progress 0 0 -3 -4", "end 0 -3, 255 more",
      ])
    var first = ActivityStart(token: 1, kind: .toolCall, name: "search")
    first.operation = OperationID(1)
    #expect(reports.prefix(2) == [.began(first), .progressed(1, reason: "page 1")])
    var second = ActivityStart(token: 2, kind: .run, name: "search")
    second.session = context.session
    second.limit = .seconds(1)
    let began = reports.filter { if case .began = $0 { true } else { false } }
    #expect(began.dropFirst().first == .began(second) && began.count == 257)
    #expect(reports.count { if case .ended = $0 { true } else { false } } == 1)
    try host.end(port)
  }
}
