internal import HoldfastCore

/// Finds the session that a person means.
struct SessionArgument {
  /// Sessions made within about a quarter of an hour of each other begin with the same letters.
  static let shortestPrefix = 6

  let invocation: Invocation

  /// A session by its id or the beginning of one, or whatever is current at a place.
  func target(_ text: String) throws(CommandFailure) -> SessionTarget {
    if text.contains(":") {
      guard let key = SessionKey(text) else {
        throw CommandFailure(
          "\"\(text)\" is no place; one is agent:channel:dm:chat", status: .usage)
      }
      return .key(key)
    }
    return .session(try session(text))
  }

  /// The same where only a session will do; a place stands for its current one.
  func session(_ text: String) throws(CommandFailure) -> SessionID {
    if let session = SessionID(text) { return session }
    if text.contains(":"), case .key(let key) = try target(text) { return try current(at: key) }
    let matches = try sessions(beginningWith: text)
    if matches.count == 1 { return matches[0].session.id }
    if matches.isEmpty {
      throw CommandFailure("no session begins with \(text); `holdfast sessions list` lists them")
    }
    let listed = matches.prefix(5).map { "  \($0.session.id)  \($0.session.title)" }
    let more = matches.count > 5 ? "\n  and more" : ""
    throw CommandFailure(
      "several sessions begin with \(text):\n\(listed.joined(separator: "\n"))\(more)")
  }

  /// What listings say of the session that is named.
  func listing(_ text: String) throws(CommandFailure) -> SessionListing {
    let session = try session(text)
    let after = session.value == .max ? nil : SessionID(value: session.value + 1)
    guard let found = try page(before: after, limit: 1).first, found.session.id == session else {
      throw CommandFailure(
        "there is no session \(session); `holdfast sessions list` lists them")
    }
    return found
  }

  /// Ids sort by time, so those that begin alike stand together in the listing.
  private func sessions(
    beginningWith text: String
  ) throws(CommandFailure) -> [SessionListing] {
    let prefix = text.uppercased()
    guard text.count >= Self.shortestPrefix, text.count < 26,
      let last = SessionID(prefix + String(repeating: "Z", count: 26 - prefix.count))
    else {
      throw CommandFailure(
        "\"\(text)\" is no session: an id has 26 letters and digits, of which the first "
          + "\(Self.shortestPrefix) or more will do", status: .usage)
    }
    let bound = last.value == .max ? nil : SessionID(value: last.value + 1)
    return try page(before: bound, limit: 6).filter { $0.session.id.description.hasPrefix(prefix) }
  }

  private func current(at key: SessionKey) throws(CommandFailure) -> SessionID {
    var before: SessionID?
    while true {
      let listings = try page(before: before, limit: 1000)
      if let found = listings.first(where: { $0.boundKey == key }) { return found.session.id }
      guard let last = listings.last else {
        throw CommandFailure("no session is bound to \(key); `holdfast sessions list` shows places")
      }
      before = last.session.id
    }
  }

  private func page(
    before: SessionID?, limit: Int
  ) throws(CommandFailure) -> [SessionListing] {
    let request = ControlRequest.sessions(before: before, limit: limit, includeHidden: true)
    guard case .sessions(let listings) = try invocation.ask(request) else {
      throw Invocation.strange
    }
    return listings
  }
}

extension Invocation {
  /// Does a chat command for the session that the first argument names.
  func perform(_ command: ChatCommand) throws(CommandFailure) -> ExitCode {
    let target = try SessionArgument(invocation: self).target(positional(0) ?? "")
    return try perform(.command(target, command))
  }
}
