import HoldfastCore
import HoldfastSimulator
import Testing

/// How tests of single rows talk and look.
extension World {
  /// Says one thing after the other, each well answered before the next and within the time that a
  /// batch may wait to fill.
  func talk(_ texts: String..., from user: String = "alice", in chat: String? = nil) {
    for text in texts {
      say(text, from: user, in: chat)
      advance(by: .seconds(1))
    }
  }

  /// Says a command, gives the host a fifth of a second and returns what was answered by then.
  func command(
    _ text: String, from user: String = "alice", in chat: String? = nil
  ) -> String {
    let count = heard(by: user, in: chat).count
    say(text, from: user, in: chat)
    advance(by: .milliseconds(200))
    return heard(by: user, in: chat).dropFirst(count).first ?? "nothing"
  }

  /// The batches that went out to a provider, in order, repeated ones included.
  func batches(_ name: String) -> [RetainRequest] {
    retains.filter { $0.instance == InstanceID(name) }.map(\.request)
  }

  /// The ranges of these batches.
  func ranges(_ name: String) -> [String] { batches(name).map(\.cut.turns.description) }

  /// The withdrawals that went out to a provider, in order.
  func takenBack(_ name: String) -> [WithdrawRequest] {
    withdrawals.filter { $0.instance == InstanceID(name) }.map(\.request)
  }

  /// The switches that a provider was told of, in order.
  func switches(_ name: String) -> [BusEvent] {
    events.filter { $0.instance == InstanceID(name) && $0.event.kind == .sessionSwitched }
      .map(\.event)
  }

  /// The kinds of journalled events that a provider was given, in order.
  func kinds(_ name: String) -> [EventKind] {
    events.filter { $0.instance == InstanceID(name) }.map(\.event.kind)
  }

  /// How often a call is held.
  func held(_ instance: String, _ call: String) -> Int {
    heldCalls(instance).count { $0 == call }
  }

  /// A provider's row of the status.
  func provider(_ name: String) -> ProviderStatusRow? {
    host?.status().providers.last { $0.instance == name }
  }

  /// A plugin's row of the status.
  func plugin(_ name: String) -> PluginStatusRow? {
    host?.status().plugins.first { $0.instance == name }
  }

  /// How far the last enrolment of a provider is settled in a session.
  func watermark(_ name: String, _ session: SessionID) -> TurnIndex {
    let enrolment = journal.enrolments.values.filter { $0.instance == InstanceID(name) }
      .map(\.id).max()
    return enrolment.flatMap {
      journal.cursors[JournalModel.Owner(enrolment: $0, session: session)]?.watermark
    } ?? 0
  }

  /// What was asked by the message in each prompt.
  var questions: [String] { prompts.map { $0.messages.last?.text ?? "" } }

  /// Takes steps until something is so; false if it never is.
  func run(until isSo: (World) -> Bool) -> Bool {
    for _ in 0..<10_000 {
      if isSo(self) { return true }
      if !step() { return false }
    }
    return false
  }

  /// An orderly stop, to its end.
  func shutDown() {
    stop()
    advance(by: .seconds(11))
  }

  /// Brings everything to rest with nothing going wrong any more, and checks what must always hold.
  func expectSound(sourceLocation: SourceLocation = #_sourceLocation) {
    settle()
    #expect(violation == nil, sourceLocation: sourceLocation)
  }
}
