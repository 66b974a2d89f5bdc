internal import HoldfastCore

/// `holdfast memory recall`
enum MemoryRecallCommand {
  static let command = Command(
    name: "recall", summary: "show what providers would remember of a question",
    details: """
      Asks every provider, or one, as a turn would, and shows what a prompt would hold and what \
      would be left out, with the reason. Without an option it asks for the newest session. \
      Nothing is changed.
      """,
    positionals: [Positional(name: "question", count: .one, help: "what to ask, in quotes")],
    options: [
      Option(
        name: "session", value: "session", help: "as that session, or the beginning of its id"),
      Option(name: "key", value: "place", help: "as the current session of agent:channel:dm:chat"),
      Option(name: "scope", value: "scope", help: "as nobody in particular, of that scope"),
      Option(name: "instance", letter: "i", value: "name", help: "only that provider"),
    ],
    examples: [
      Example("holdfast memory recall cat", "What a turn of the newest session would get."),
      Example(
        "holdfast memory recall cat --scope main/channel:console/user:ann --instance notes",
        "What one provider has of one person."),
    ],
    body: { invocation throws(CommandFailure) in
      let instance = invocation.value("instance").map { InstanceID($0) }
      let request = ControlRequest.recall(
        query: invocation.positional(0) ?? "", try target(invocation), instance)
      switch try invocation.ask(request) {
      case .recall(let view):
        if invocation.isJSON {
          invocation.printJSON(view)
        } else {
          invocation.terminal.print(render(view, invocation.terminal, now: Age.now))
        }
        return view.providers.allSatisfy { $0.state == "answered" } ? .ok : .degraded
      case .refused(let reason): throw CommandFailure(reason)
      default: throw Invocation.strange
      }
    })

  private static func target(_ invocation: Invocation) throws(CommandFailure) -> RecallTarget {
    let given = ["session", "key", "scope"].filter { invocation.value($0) != nil }
    guard given.count < 2 else {
      throw CommandFailure(
        "--\(given[0]) and --\(given[1]) name two different things; give one", status: .usage)
    }
    if let scope = invocation.value("scope") { return .scope(Scope(scope)) }
    let argument = SessionArgument(invocation: invocation)
    if let session = invocation.value("session") {
      return .session(.session(try argument.session(session)))
    }
    guard let key = invocation.value("key") else { return .newest }
    return .session(try argument.target(key))
  }

  static func render(_ view: RecallView, _ terminal: Terminal, now: Int64) -> String {
    let whose = view.session.isEmpty ? "" : ", for session \(view.session)"
    let bounds = "at most \(view.maxItems) memories of \(view.maxCharacters) characters"
    var lines = [
      terminal.prose("memories of \(view.scope)\(whose)"),
      "a prompt holds \(bounds), and waits \(view.budgetMilliseconds) ms",
    ]
    for provider in view.providers {
      lines += ["", head(of: provider, terminal)]
      if !provider.items.isEmpty { lines.append(table(of: provider.items, terminal, now: now)) }
    }
    return lines.joined(separator: "\n")
  }

  private static func head(of provider: RecallView.Provider, _ terminal: Terminal) -> String {
    let name = "\(provider.instance), priority \(provider.priority): "
    guard provider.state == "answered" else {
      return name + terminal.styled(terminal.harmless(provider.state), .yellow)
    }
    let milliseconds = (provider.latencyMilliseconds * 10).rounded() / 10
    let memories = Count.text(provider.items.count, "memory", "memories")
    var line = name + "\(memories) in \(milliseconds) ms"
    if provider.isLate { line += terminal.styled(", too late for a turn", .yellow) }
    if provider.foreignItems > 0 {
      line += terminal.styled(", and \(provider.foreignItems) of another scope, refused", .red)
    }
    return line
  }

  private static func table(
    of items: [RecallView.Item], _ terminal: Terminal, now: Int64
  ) -> String {
    var table = Table([
      .init(title: "USED", isNumber: true), .init(title: "SCORE", isNumber: true),
      .init(title: "SESSION", rank: 1), .init(title: "TURNS", rank: 2),
      .init(title: "AGE", isNumber: true), .init(title: "MEMORY", minimum: 20),
      .init(title: "LEFT OUT", minimum: 16, isOmittedIfEmpty: true),
    ])
    for item in items {
      let turns = item.firstTurn == item.lastTurn ? "" : "-\(item.lastTurn)"
      table.add([
        .init(text: item.place.map { "\($0)" } ?? "-", style: item.place == nil ? .dim : .green),
        "\((item.score * 1000).rounded() / 1000)", "\(item.session.isEmpty ? "-" : item.session)",
        "\(item.firstTurn == 0 ? "-" : "\(item.firstTurn)\(turns)")",
        "\(item.timeMilliseconds.map { Age.text(since: $0, now: now) } ?? "-")",
        "\(item.text)", "\(item.reason)",
      ])
    }
    return table.render(terminal)
  }
}
