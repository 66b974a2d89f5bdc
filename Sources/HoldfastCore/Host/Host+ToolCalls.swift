extension Host {
  // MARK: What a turn is offered

  /// Plugins that are being loaded, or have not named their tools yet, are waited for as long as
  /// memories are and no longer.
  func toolsAreSettled(for turn: Turn, at key: SessionKey) -> Bool {
    guard plugins[model(for: key)]?.lifecycle.traits.callsTools ?? false,
      now < turn.began + configuration.memory.recallBudget
    else { return true }
    return toolInstances(of: key.agent).allSatisfy { instance in
      guard let plugin = plugins[instance], plugin.lifecycle.isSettled else { return false }
      return !plugin.lifecycle.isRunning || !plugin.lifecycle.traits.hasTools
        || plugin.toolList.isKnown || plugin.toolList.failures > 1
    }
  }

  /// Those whose tools an agent's model may call, if they have any: what it remembers with and
  /// whatever is no memory provider, unless the configuration names them.
  private func toolInstances(of agent: String) -> [InstanceID] {
    let settings = agents[agent]
    if let named = settings?.tools {
      return named.filter { plugins[$0]?.settings.enabled ?? false }.sorted()
    }
    return instances.filter { instance in
      guard plugins[instance]?.settings.enabled ?? false else { return false }
      return destinations[instance] == nil || settings?.remembers(with: instance) ?? true
    }
  }

  /// Puts the tools into a turn's request, for a model that calls them.
  mutating func offerTools(in request: inout ModelRequest, at key: SessionKey) {
    guard plugins[model(for: key)]?.lifecycle.traits.callsTools ?? false else { return }
    let catalog = toolCatalog(of: toolInstances(of: key.agent))
    request.tools = catalog.offered
    request.roundsLeft = configuration.host.toolRounds
    places[key]?.lane.running?.tools = TurnTools(request: request, catalog: catalog)
  }

  // MARK: What it calls

  /// Whether the model's answer is none yet. Beyond the last round what it wrote is the answer.
  func asksForTools(_ turn: Turn, _ answer: PluginAnswer) -> Bool {
    guard !answer.requests.isEmpty, !answer.status.isFailure, let tools = turn.tools else {
      return false
    }
    return tools.round < configuration.host.toolRounds
  }

  /// The calls that can be made are rows of the journal before their plugins hear of them.
  mutating func take(_ answer: PluginAnswer, of turn: Turn, at key: SessionKey) {
    guard var tools = turn.tools else { return }
    tools.round += 1
    var isDue = false
    for (place, request) in answer.requests.prefix(ToolLimits.calls).enumerated() {
      let said = place == 0 ? RecallBlock.stripped(answer.text) : ""
      var use = ToolUse(request, round: tools.round, said: said)
      if let refusal = tools.refusal(of: request) {
        use.status = refusal.status
        use.result = refusal.text
        if refusal.status == .tooLarge { use.request.arguments = "" }
      } else {
        isDue = true
        let isReadOnly = tools.catalog.entries[request.name]?.tool.isReadOnly ?? false
        write(
          .startTool(
            ToolCallRecord(
              input: turn.last.id, number: tools.uses.count + 1, name: request.name,
              arguments: request.arguments, isReadOnly: isReadOnly, started: wall)))
      }
      tools.uses.append(use)
    }
    if isDue { tools.isMarked = true }
    places[key]?.lane.running?.tools = tools
    places[key]?.lane.running?.stage = isDue ? .marking : .calling([:])
    let slot = SlotName(key: key, input: turn.input.id)
    afterCommit.append(isDue ? .tools(slot, round: tools.round) : .proceed(key))
  }

  /// The rows are synced.
  mutating func callTools(of slot: SlotName, round: Int) {
    guard let turn = places[slot.key]?.lane.running, turn.input.id == slot.input,
      case .marking = turn.stage, let tools = turn.tools, tools.round == round
    else { return }
    places[slot.key]?.lane.running?.stage = .calling([:])
    for (place, use) in tools.uses.enumerated() where use.status == .pending {
      guard let entry = tools.catalog.entries[use.request.name] else { continue }
      let ticket = turn.ticket(at: slot.key, number: place + 1)
      if plugins[entry.instance]?.calls.take(ticket) ?? true {
        callTool(place + 1, of: turn, at: slot.key)
      } else {
        places[slot.key]?.lane.running?.callsWaiting[place + 1] = entry.instance
      }
    }
    progressed(at: slot.key, "tool_call:started")
  }

  /// Makes one of the calls of a turn, which counts as under way from now on.
  mutating func callTool(_ number: Int, of turn: Turn, at key: SessionKey) {
    guard case .calling(var calls)? = places[key]?.lane.running?.stage, let tools = turn.tools,
      let entry = tools.catalog.entries[tools.uses[number - 1].request.name]
    else { return }
    let arguments = tools.uses[number - 1].request.arguments
    // The message under which the call's row is kept has a turn at most once after that.
    let request = ToolCall(
      context: tools.request.context, key: "tool/\(turn.session.id)/\(turn.last.id)/\(number)",
      name: entry.tool.name, arguments: arguments.isEmpty ? "{}" : arguments)
    let operation = call(
      entry.instance, .callTool(request),
      for: .tool(SlotName(key: key, input: turn.input.id), number: number),
      within: plugins[entry.instance]?.settings.deadlines.tool)
    operations[operation]?.isCounted = true
    calls[number] = operation
    places[key]?.lane.running?.stage = .calling(calls)
  }

  mutating func toolAnswered(_ slot: SlotName, number: Int, _ answer: PluginAnswer) {
    guard let turn = places[slot.key]?.lane.running, turn.input.id == slot.input,
      case .calling(var calls) = turn.stage, calls.removeValue(forKey: number) != nil,
      let tools = turn.tools
    else { return }
    var answer = answer
    if answer.status.isFailure {
      if answer.text.isEmpty { answer.text = "The tool failed (status \(answer.status.rawValue))." }
      let name = tools.uses[number - 1].request.name
      if answer.status != .argument { log(.warning, "the tool \(name) failed: \(answer.text)") }
    }
    if !tools.hasRoom(for: answer.text.utf8.count) { answer = TurnTools.isFull }
    let result = RecallBlock.neutralised(answer.text)
    places[slot.key]?.lane.running?.tools?.uses[number - 1].status = answer.status
    places[slot.key]?.lane.running?.tools?.uses[number - 1].result = result
    places[slot.key]?.lane.running?.stage = .calling(calls)
    progressed(at: slot.key, "tool_call:ended")
    proceed(slot.key)
  }

  /// The next round: the same request, with what came of the calls.
  mutating func askAgain(_ turn: Turn, at key: SessionKey) {
    guard var tools = turn.tools else { return }
    let instance = model(for: key)
    guard plugins[instance]?.lifecycle.isRunning ?? false else {
      fail(turn, at: key, "No answer: the model “\(instance)” is not running any more.")
      return
    }
    if case .waiting = turn.permit { return }
    guard takeSlot(at: key), mayAsk(instance, for: turn, at: key) else { return }
    for input in steer(at: key) {
      tools.request.messages.append(
        PromptMessage(role: .user, text: input.text, name: input.userName, time: input.received)
          .neutralised)
    }
    tools.request.uses = tools.uses
    tools.request.roundsLeft = max(0, configuration.host.toolRounds - tools.round)
    tools.noteRequest(at: fair)
    places[key]?.lane.running?.tools = tools
    let operation = askModel(instance, tools.request, for: turn)
    places[key]?.lane.running?.stage = .responding(operation)
  }
}

extension Turn {
  /// One that the last host did not bring to its end, after it had begun these calls.
  init(
    inputs: [InputRecord], and input: InputRecord, session: SessionRecord, began: Instant,
    having calls: [ToolCallRecord]
  ) {
    self.init(input: input, after: inputs, session: session, began: began)
    var lists: [Tool] = []
    var uses: [ToolUse] = []
    for call in calls {
      let request = ToolRequest(name: call.name, arguments: call.arguments)
      var use = ToolUse(request, round: 1)
      use.status = .unknown
      uses.append(use)
      lists.append(Tool(name: call.name, isReadOnly: call.isReadOnly))
    }
    var tools = TurnTools(
      request: ModelRequest(context: CallContext(session), purpose: .answer),
      catalog: ToolCatalog(named: lists))
    tools.uses = uses
    tools.isMarked = true
    self.tools = tools
  }
}
