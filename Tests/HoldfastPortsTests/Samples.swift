import HoldfastCore

/// Values that tests hand over.
enum Samples {
  static let key = SessionKey(agent: "main", channel: "console", kind: .direct, chat: "harbour 7")

  static let session = SessionID(value: 0x0192_8374_6574_8392_0011_2233_4455_6677)

  static let other = SessionID(value: 0x0192_8374_6574_8392_0011_2233_4455_6678)

  static func context(reason: String = "") -> CallContext {
    var context = CallContext()
    context.session = session
    context.key = key
    context.scope = Scope("main/ana")
    context.user = "ana"
    context.epoch = 3
    context.firstTurn = 4
    context.lastTurn = 5
    context.reason = reason
    return context
  }

  static func turn(_ index: TurnIndex, reason: String = "") -> BusEvent {
    var event = BusEvent(kind: .turnCompleted, context: context(reason: reason))
    event.context.firstTurn = index
    event.context.lastTurn = index
    event.userText = "question \(index)"
    event.answerText = "answer \(index)"
    event.time = WallTime(milliseconds: 1_700_000_000_000)
    return event
  }

  static func retain(reason: String = "") -> PluginCall {
    var cut = CutRecord(
      id: 9, enrolment: EnrolmentID(2), session: session, turns: TurnSet(4...5),
      scope: Scope("main/ana"), created: WallTime(milliseconds: 1))
    cut.tags = ["harbour", "tide"]
    let turns = [4, 5].map { index in
      TurnRecord(
        session: session, index: index, status: .live, userText: "question \(index)",
        answerText: "answer \(index)", sequence: BusSequence(index))
    }
    var request = RetainRequest(
      context: context(reason: reason), cut: cut, key: "cut 9", turns: turns, attempt: 1)
    request.metadata = [(key: "channel", value: "console")]
    return .retain(request)
  }

  static func recall(_ query: String, items: Int = 3, characters: Int = 20) -> PluginCall {
    .recall(
      RecallRequest(
        context: context(), query: query, maxItems: items, maxCharacters: characters))
  }

  static func respond(_ text: String, reason: String = "") -> PluginCall {
    var request = ModelRequest(context: context(reason: reason), purpose: .answer)
    request.messages = [
      PromptMessage(role: .user, text: text, time: WallTime(milliseconds: 1))
    ]
    return .respond(request)
  }
}
