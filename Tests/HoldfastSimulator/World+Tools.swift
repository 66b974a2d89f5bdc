public import HoldfastCore

/// A plugin with tools, and a model that calls them, as the world plays them.
public struct ToolWorld: Sendable {
  /// The model asks for tools when a message begins with `use`: full names follow, each with `:`
  /// and arguments behind it if there are any. `loop` asks for the same in every round that is
  /// left, `nag` even beyond.
  public var isUsed = false
  /// So many bytes come behind every result.
  public var resultBytes = 0
  /// What each plugin names when it is asked.
  public var lists: [InstanceID: [Tool]] = [:]
  /// Calls that reached a plugin, in order.
  public var calls: [(instance: InstanceID, call: ToolCall)] = []
  /// Calls by what their results begin with.
  var tags: [String: CallContext] = [:]
  var keys: Set<String> = []
  /// The life of the host in which an input's first tool was called.
  var lives: [Int64: Int] = [:]

  init() {}
}

extension World {
  /// Adds a plugin with two tools, one of which changes something, and lets the model call them.
  public static func addTools(_ name: String = "box", to configuration: inout Configuration) {
    var settings = PluginSettings(
      instance: InstanceID(name), position: ConfigurationPosition(file: "", line: 0, column: 0))
    settings.plugin = "tools"
    configuration.plugins.append(settings)
  }

  /// What a plugin of tools has unless a test says otherwise.
  public static let usualTools = [
    Tool(
      name: "look", purpose: "looks", isReadOnly: true),
    Tool(
      name: "write", purpose: "writes",
      schema: #"{"type":"object","properties":{"what":{"type":"string"}},"required":["what"]}"#),
  ]

  /// A world in which the model calls the tools of one plugin, `box`.
  public static func withTools(
    _ adjust: (inout Configuration) -> Void = { _ in }
  ) -> World {
    let world = World.calm([("notes", 1)]) { configuration in
      addTools(to: &configuration)
      adjust(&configuration)
    }
    world.crash(keeping: .max)
    world.tools.isUsed = true
    world.start()
    world.runUntilQuiet()
    return world
  }

  /// It is found out that a provider takes batches of so many sessions at once.
  public func found(_ name: String, sessions count: Int) {
    change(name) { $0.concurrentSessions = count }
    give(.plugin(InstanceID(name), .concurrentSessions(count)))
  }

  /// What a plugin's tools are from now on; it tells the host so.
  public func setTools(_ list: [Tool], of name: String = "box") {
    tools.lists[InstanceID(name)] = list
    give(.plugin(InstanceID(name), .toolsChanged))
  }

  func listTools(of instance: InstanceID) -> PluginAnswer {
    var answer = PluginAnswer(.ok)
    answer.tools = tools.lists[instance] ?? Self.usualTools
    return answer
  }

  /// The result names the call, so that one that turns up in a prompt can be traced.
  func applyTool(_ flight: Flight, _ call: ToolCall) -> PluginAnswer {
    let tag = "\(flight.life).\(flight.id.value)"
    tools.tags[tag] = flight.context
    let more = String(repeating: "x", count: tools.resultBytes)
    return PluginAnswer(.ok, text: "\(tag) did \(call.name) \(call.arguments)\(more)")
  }

  /// What the model answers: calls, as the message asks for them, or words.
  func applyRespond(_ request: ModelRequest) -> PluginAnswer {
    let said = request.messages.last?.text ?? "nothing"
    if request.purpose == .summarise { return PluginAnswer(.ok, text: "a summary") }
    let line = said.split(separator: "\n").first ?? ""
    let words = line.split(separator: " ").map(String.init)
    let isLoop = words.first == "loop" || words.first == "nag"
    guard tools.isUsed, words.first == "use" || isLoop, request.uses.isEmpty || isLoop,
      request.roundsLeft > 0 || words.first == "nag"
    else {
      let results = request.uses.map { "\($0.request.name) \($0.status.rawValue): \($0.result)" }
      let all = results.isEmpty ? "" : " [\(results.joined(separator: "; "))]"
      // Asked to repeat, a model repeats what was recalled too, as models do.
      let notes = said.hasPrefix("repeat") ? request.recallBlock : ""
      return PluginAnswer(.ok, text: "\(notes)echo: \(said)\(all)")
    }
    var answer = PluginAnswer(.ok, text: words.first == "nag" ? "" : "let me see")
    answer.requests = words.dropFirst().enumerated().map { place, word in
      let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
      return ToolRequest(
        id: "c\(place)", name: parts[0], arguments: parts.count > 1 ? parts[1] : "")
    }
    return answer
  }

  // MARK: What must hold

  /// A call is made at most once in all lives, its row is synced, and its session is current.
  func checkTool(_ instance: InstanceID, _ call: ToolCall) {
    tools.calls.append((instance, call))
    let parts = call.key.split(separator: "/")
    guard parts.count == 4, let input = Int64(parts[2]), let number = Int(parts[3]) else {
      return fail(.toolOnce, "a tool is called under the key \(call.key)")
    }
    if !tools.keys.insert(call.key).inserted {
      fail(.toolOnce, "\(call.key) is called a second time")
    }
    if tools.lives[input] ?? life != life {
      fail(.toolOnce, "input \(input) is run again after its tools")
    }
    tools.lives[input] = life
    let row = synced.journal.toolCalls[input]?[number]
    if row?.name != ToolCatalog.fullName(of: call.name, in: instance) {
      fail(.syncedFirst, "\(call.name) of \(instance) is called and its row is not synced")
    }
    guard let key = call.context.key else { return fail(.oneTurn, "a tool is called for no place") }
    let place = submitted.journal.place(key)
    if place.session?.id != call.context.session || place.epoch != call.context.epoch {
      fail(.oneTurn, "\(call.name) is called for a session or epoch that is over")
    }
  }

  /// Results in a prompt are those of its own session and epoch.
  func checkUses(in request: ModelRequest) {
    for use in request.uses where !use.status.isFailure {
      let tag = String(use.result.prefix { $0 != " " })
      // A plugin may answer without having done anything.
      guard !use.result.isEmpty else { continue }
      guard let context = tools.tags[tag] else {
        fail(.resultsAreOwn, "a result in a prompt is of no call: \(use.result)")
        continue
      }
      if context.session != request.context.session || context.epoch != request.context.epoch
        || context.key != request.context.key
      {
        fail(
          .resultsAreOwn,
          "a tool's result of another session or epoch is in a prompt: \(use.result)")
      }
    }
    if request.uses.contains(where: { $0.status == .pending }) {
      fail(.resultsAreOwn, "a model is asked again before its tools have come to their end")
    }
    if request.roundsLeft + (request.uses.last?.round ?? 0) > configuration.host.toolRounds {
      fail(
        .bounded, "a model has \(request.roundsLeft) more rounds after \(request.uses.count) calls")
    }
  }

  func checkToolTurn(_ turn: TurnRecord) {
    if turn.status == .live, let began = tools.lives[turn.input], began != life {
      fail(
        .toolOnce,
        "input \(turn.input) was answered after an earlier host had called tools for it")
    }
  }
}
