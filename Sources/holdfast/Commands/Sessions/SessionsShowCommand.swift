internal import HoldfastControl
internal import HoldfastCore

/// `holdfast sessions show`
enum SessionsShowCommand {
  static let command = Command(
    name: "show", summary: "show what a session is: place, scope, parent, turns",
    positionals: [SessionsCommand.session],
    examples: [Example("holdfast sessions show 01JCZK3V", "All about one session.")],
    body: { invocation throws(CommandFailure) in
      let listing = try SessionArgument(invocation: invocation)
        .listing(invocation.positional(0) ?? "")
      if invocation.isJSON {
        invocation.printJSON(SessionMessage(listing))
      } else {
        invocation.terminal.print(render(listing, invocation.terminal))
      }
      return .ok
    })

  static func render(_ listing: SessionListing, _ terminal: Terminal) -> String {
    let session = listing.session
    var rows: [(String, String)] = [
      ("session", session.id.description), ("state", SessionsListCommand.state(listing)),
      ("title", session.title), ("place", (listing.boundKey ?? session.key).description),
      ("scope", session.scope.description), ("user", session.user),
      ("turns", "\(listing.turnCount)"), ("created", Age.date(session.created.milliseconds)),
    ]
    if let ended = session.ended { rows.append(("ended", Age.date(ended.milliseconds))) }
    if let parent = session.parent { rows.append(("parent", parent.description)) }
    if let origin = session.branchOf {
      rows.append(("shares", "turns up to \(session.sharedLimit) of \(origin)"))
    }
    if !session.summary.isEmpty {
      rows.append(("summary", "stands for the turns up to \(session.summaryLimit)"))
    }
    return rows.filter { !$0.1.isEmpty }.map { name, value in
      let padding = String(repeating: " ", count: 9 - name.count)
      return terminal.styled(name, .dim) + padding + terminal.harmless(value)
    }.joined(separator: "\n")
  }
}
