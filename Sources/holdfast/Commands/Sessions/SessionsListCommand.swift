internal import HoldfastControl
internal import HoldfastCore

/// `holdfast sessions list`
enum SessionsListCommand {
  static let command = Command(
    name: "list", summary: "list sessions, newest first",
    options: [
      Option(name: "limit", letter: "n", value: "n", help: "at most so many (20)"),
      Option(name: "before", value: "session", help: "only those made before this one"),
      Option(name: "all", letter: "a", help: "also those that a reset took out of sight"),
    ],
    examples: [
      Example("holdfast sessions list", "The 20 newest."),
      Example("holdfast sessions list -n 100 --all", "The 100 newest, hidden ones too."),
    ],
    body: { invocation throws(CommandFailure) in
      let limit = try invocation.number("limit", in: 1...1000, default: 20)
      var before: SessionID?
      if let text = invocation.value("before") {
        before = try SessionArgument(invocation: invocation).session(text)
      }
      let request = ControlRequest.sessions(
        before: before, limit: limit, includeHidden: invocation.has("all"))
      guard case .sessions(let listings) = try invocation.ask(request) else {
        throw Invocation.strange
      }
      if invocation.isJSON {
        invocation.printJSON(listings.map(SessionMessage.init))
      } else if listings.isEmpty {
        invocation.terminal.print("There are no sessions yet.")
      } else {
        invocation.terminal.print(render(listings, invocation.terminal, now: Age.now))
        if listings.count == limit, let last = listings.last {
          invocation.terminal.complain("more: holdfast sessions list --before \(last.session.id)")
        }
      }
      return .ok
    })

  static func render(_ listings: [SessionListing], _ terminal: Terminal, now: Int64) -> String {
    var table = Table([
      .init(title: "SESSION"), .init(title: "AGE", isNumber: true),
      .init(title: "TURNS", isNumber: true), .init(title: "STATE"),
      .init(title: "PLACE", minimum: 12), .init(title: "TITLE", minimum: 8),
    ])
    for listing in listings {
      let session = listing.session
      let state = state(listing)
      table.add([
        "\(session.id)", "\(Age.text(since: session.created.milliseconds, now: now))",
        "\(listing.turnCount)", .init(text: state, style: state == "current" ? .green : .dim),
        "\(listing.boundKey ?? session.key)", "\(session.title)",
      ])
    }
    return table.render(terminal)
  }

  /// A word for where a session stands.
  static func state(_ listing: SessionListing) -> String {
    if listing.session.isDeleted { return "deleted" }
    if listing.boundKey != nil { return "current" }
    if listing.session.isHidden { return "hidden" }
    return listing.session.ended != nil ? "ended" : "left"
  }
}
