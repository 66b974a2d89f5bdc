import HoldfastCore
import Testing

@testable import holdfast

/// What is shown on a terminal fits it, and breaks inside no word.
@Suite struct WidthTests {
  private let session = "01JCZK3V00000000000000000B"

  private func expectFit(
    _ text: String, _ width: Int, _ parts: String..., at location: SourceLocation = #_sourceLocation
  ) {
    for line in text.split(separator: "\n") {
      #expect(line.displayWidth <= width, "\(text)", sourceLocation: location)
    }
    for part in parts { #expect(text.contains(part), "\(text)", sourceLocation: location) }
  }

  @Test(arguments: [80, 120]) func locksFit(width: Int) {
    var report = LockReport()
    report.host.stateFolder = "/home/ada/.local/state/holdfast"
    report.host.version = "0.1.0"
    report.host.standbys = 0
    report.holds.samples = 1000
    var row = SessionLockRow()
    (row.session, row.place) = (session, "main:console:dm:ada")
    (row.lock, row.holder, row.purpose) = ("write", "operator", "resume")
    (row.waitsFor, row.ageMilliseconds) = ("the journal, for a commit", 12_000)
    (row.waiters, row.oldestWaitMilliseconds) = (12, 11_000)
    report.sessions = [row]
    let text = LocksCommand.render(report, Terminal(width: width), now: 0)
    expectFit(text, width, session, "resume", "12 s", "WAITERS")
    #expect(text.contains("PLACE") == (width == 120))
  }

  @Test(arguments: [80, 120]) func attentionFits(width: Int) {
    var row = AttentionStatusRow()
    (row.session, row.place) = (session, "main:console:dm:ada")
    (row.classification, row.isLeftToPerson) = ("stalled_agent_run", true)
    (row.plugin, row.call) = ("some-language-model", "respond")
    (row.ageMilliseconds, row.attempts) = (300_000, 2)
    let text = AttentionTable.render([row], Terminal(width: width))
    expectFit(text, width, session, "left to a person", "5 min")
    #expect(text.contains("PLACE") == (width == 120))
  }

  @Test(arguments: [80, 120]) func pendingBatchesFitAndTheirReasonsAreWhole(width: Int) throws {
    let id = try #require(SessionID(session))
    var cut = CutRecord(
      id: 17, enrolment: EnrolmentID(1), session: id, turns: TurnSet(3...5),
      scope: Scope("main/ada"), created: WallTime(milliseconds: 0))
    cut.status = .parked
    cut.attempts = 12
    cut.reason = "the server says that the bank is full and that it takes nothing more until "
    cut.reason += "somebody has paid for it"
    let found = [(provider: "hindsight", cut: cut)]
    let text = MemoryPendingCommand.render(found, Terminal(width: width), now: 60_000)
    expectFit(text, width, session, "hindsight", "batch 17: the server says", "has paid for it")
    let piped = MemoryPendingCommand.render(found, Terminal(width: nil), now: 60_000)
    #expect(piped.hasSuffix("12  \(cut.reason)"))
  }

  @Test(arguments: [80, 120], ["", "no room for it"])
  func recalledMemoriesFit(width: Int, reason: String) {
    var view = RecallView()
    view.scope = "main/channel:console/user:ada"
    view.session = session
    var provider = RecallView.Provider()
    (provider.instance, provider.state) = ("notes", "answered")
    var item = RecallView.Item()
    (item.session, item.firstTurn, item.lastTurn) = (session, 12, 13)
    (item.text, item.reason) = ("my cat is called Miso and sleeps on the stove all day", reason)
    item.score = 0.123
    provider.items = [item]
    view.providers = [provider]
    let text = MemoryRecallCommand.render(view, Terminal(width: width), now: 0)
    expectFit(text, width, "my cat is called", "1 memory in", reason)
    #expect(text.contains("LEFT OUT") == !reason.isEmpty)
  }

  @Test(arguments: [80, 120]) func sentencesBreakBetweenWords(width: Int) {
    var explanation = SessionExplanation()
    explanation.sentence = Array(repeating: "word", count: 60).joined(separator: " ")
    explanation.next = "That is all."
    let text = SessionsExplainCommand.render(explanation, Terminal(width: width))
    expectFit(text, width, "That is all.")
    #expect(text.split(whereSeparator: \.isWhitespace).allSatisfy { $0.count < 6 })
    var status = HostStatus()
    status.problems = [explanation.sentence]
    expectFit(StatusCommand.render(status, Terminal(width: width), now: 0), width, "! word")
  }
}
