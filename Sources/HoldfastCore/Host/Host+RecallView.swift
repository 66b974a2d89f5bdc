/// What providers would remember: asked by people who look, beside all turns.
extension Host {
  /// A view that is being put together.
  struct Viewing: Sendable {
    /// One provider's part.
    struct Part: Sendable {
      var enrolment: EnrolmentID
      /// The call, nil once it is over or if there was none.
      var operation: OperationID?
      var row = RecallView.Provider()
      var items: [RecallItem] = []
    }

    var view = RecallView()
    var scope: Scope
    var parts: [Part] = []
  }

  mutating func viewRecall(
    _ query: String, _ target: RecallTarget, _ instance: InstanceID?, _ request: RequestID
  ) {
    let question = ViewQuestion(request: request, query: query, instance: instance)
    switch target {
    case .scope(let scope): viewRecall(question, scope: scope)
    case .newest:
      _ = ask(.sessions(before: nil, limit: 1, includeHidden: true), for: .view(question))
    case .session(.session(let session)): _ = ask(.session(session), for: .view(question))
    case .session(.key(let key)):
      let query = JournalQuery.place(
        key, channel: InstanceID(""), account: "", messageID: "")
      _ = ask(query, for: .view(question))
    }
  }

  /// The journal says which session is meant.
  mutating func viewRecall(_ question: ViewQuestion, of session: SessionRecord?) {
    guard let session, !session.isDeleted else {
      refuse(question.request, "There is no such session; `holdfast sessions list` shows them.")
      return
    }
    viewRecall(question, CallContext(session), agent: session.key.agent, session)
  }

  /// A scope begins with its agent.
  private mutating func viewRecall(_ question: ViewQuestion, scope: Scope) {
    let first = scope.description.split(separator: "/").first.map(String.init) ?? ""
    guard let agent = configuration.agents.first(where: { percentEncoded($0.name) == first })
    else {
      effects.append(
        .answer(
          question.request,
          .refused(
            "“\(scope)” is no scope of an agent here; `holdfast sessions show` tells a session's."))
      )
      return
    }
    var context = CallContext()
    context.scope = scope
    viewRecall(question, context, agent: agent.name, nil)
  }

  private mutating func viewRecall(
    _ question: ViewQuestion, _ context: CallContext, agent: String, _ session: SessionRecord?
  ) {
    var context = context
    context.reason = "view"
    var viewing = Viewing(scope: context.scope)
    viewing.view.query = question.query
    viewing.view.scope = context.scope.description
    viewing.view.session = session?.id.description ?? ""
    viewing.view.maxItems = configuration.memory.recallMaxItems
    viewing.view.maxCharacters = configuration.memory.recallMaxChars
    viewing.view.budgetMilliseconds = configuration.memory.recallBudget.milliseconds
    let recall = RecallRequest(
      context: context, query: question.query, maxItems: configuration.memory.recallMaxItems,
      maxCharacters: configuration.memory.recallMaxChars)
    for id in inOrder(currentEnrolments(of: agent)) {
      guard let instance = owners[id], question.instance ?? instance == instance else { continue }
      viewing.parts.append(part(of: id, instance, recall, question.request))
    }
    if viewing.parts.isEmpty {
      let name = question.instance.map { "“\($0)”" } ?? "a memory provider"
      refuse(question.request, "Agent \(agent) does not remember with \(name).")
      return
    }
    viewings[question.request] = viewing
    concludeView(question.request)
  }

  /// Higher priorities come first in a prompt, and of equal ones the older enrolment.
  func inOrder(_ enrolments: some Collection<EnrolmentID>) -> [EnrolmentID] {
    if enrolments.count < 2 { return Array(enrolments) }
    var ranked: [(priority: Int, id: EnrolmentID)] = []
    for id in enrolments { ranked.append((providers[id]?.priority ?? 0, id)) }
    ranked.sort { ($1.priority, $0.id) < ($0.priority, $1.id) }
    return ranked.map(\.id)
  }

  private mutating func part(
    of id: EnrolmentID, _ instance: InstanceID, _ recall: RecallRequest, _ request: RequestID
  ) -> Viewing.Part {
    var part = Viewing.Part(enrolment: id)
    part.row.instance = instance.description
    part.row.priority = providers[id]?.priority ?? 0
    if !(providers[id]?.isReady ?? false) {
      part.row.state = plugins[instance]?.lifecycle.state.name ?? "not configured"
    } else if !(providers[id]?.traits.canRecall ?? false) {
      part.row.state = "cannot recall"
    } else if providers[id]?.recallBreaker.isOpen(at: now) ?? false {
      part.row.state = "not asked for a while, since recalls failed in a row"
    } else {
      part.operation = call(
        instance, .recall(recall), for: .view(request, id),
        within: max(configuration.memory.recallBudget, .seconds(10)))
    }
    return part
  }

  /// A provider answered, or failed to.
  mutating func viewed(
    _ request: RequestID, _ id: EnrolmentID, _ answer: PluginAnswer, latency: Duration
  ) {
    guard let place = viewings[request]?.parts.firstIndex(where: { $0.enrolment == id }) else {
      return
    }
    let why = answer.text.isEmpty ? "status \(answer.status.rawValue)" : answer.text
    var part = viewings[request]?.parts[place] ?? Viewing.Part(enrolment: id)
    part.operation = nil
    part.row.state = answer.status.isFailure ? "failed: \(why)" : "answered"
    part.row.latencyMilliseconds = Double(latency.nanoseconds / 1000) / 1000
    part.row.isLate = latency > configuration.memory.recallBudget
    part.row.foreignItems = answer.deniedItems
    part.items = answer.items
    viewings[request]?.parts[place] = part
    concludeView(request)
  }

  /// Answers once every provider has.
  private mutating func concludeView(_ request: RequestID) {
    guard let viewing = viewings[request],
      viewing.parts.allSatisfy({ $0.operation == nil })
    else { return }
    viewings[request] = nil
    var view = viewing.view
    let kept = viewing.parts.map { part in
      part.items.indices.filter {
        reasonAgainst(part.items[$0], from: part.enrolment, scope: viewing.scope) == nil
      }
    }
    let offers = zip(viewing.parts, kept).map { part, kept in
      RecallMerge.Offer(
        provider: InstanceID(part.row.instance), priority: part.row.priority,
        items: part.row.isLate ? [] : kept.map { part.items[$0] })
    }
    let merge = RecallMerge(offers, maxCharacters: view.maxCharacters, maxItems: view.maxItems)
    for (number, part) in viewing.parts.enumerated() {
      var row = part.row
      row.items = part.items.map { Self.shown($0) }
      for place in row.items.indices {
        row.items[place].reason =
          part.row.isLate
          ? "its provider was too late"
          : reasonAgainst(part.items[place], from: part.enrolment, scope: viewing.scope) ?? ""
      }
      for (verdict, place) in zip(merge.verdicts[number], kept[number]) {
        row.items[place].settle(verdict)
      }
      view.providers.append(row)
    }
    effects.append(.answer(request, .recall(view)))
  }

  private static func shown(_ item: RecallItem) -> RecallView.Item {
    var shown = RecallView.Item()
    shown.text = item.text
    shown.score = item.score
    shown.session = item.session?.description ?? ""
    shown.firstTurn = item.firstTurn
    shown.lastTurn = item.lastTurn
    shown.timeMilliseconds = item.time?.milliseconds
    return shown
  }
}

/// What the command line wants to know.
struct ViewQuestion: Sendable {
  var request: RequestID
  var query: String
  var instance: InstanceID?
}

extension RecallView.Item {
  mutating func settle(_ verdict: RecallMerge.Verdict) {
    switch verdict {
    case .used(let place): self.place = place
    case .duplicate(let other): reason = "\(other) says the same"
    case .noRoom(let room): reason = "\(text.count) characters, and \(room) are left"
    case .tooMany: reason = "there are enough memories (memory.recall_max_items)"
    case .empty: reason = "it says nothing"
    }
  }
}
