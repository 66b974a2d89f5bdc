internal import HoldfastCore

/// Those who follow events: each is given as many as it reads, and waits for none of the others.
extension ControlLoop {
  func follow(_ filter: EventFilter, of feed: EventFeed, as id: UInt64, from number: UInt64) {
    if let problem = filter.problem { return refuse(number, id, problem) }
    guard clients[number]?.following == nil else {
      return refuse(number, id, "this connection follows events already; open another one")
    }
    let queue = feed.open(filter)
    clients[number]?.following = ControlConnection.Following(
      id: id, queue: queue, follows: filter.follows)
    // Whoever asked knows now that somebody is there, though nothing may happen for hours.
    clients[number]?.say(ControlCodec.encode(.missed(0), id: id))
  }

  /// Gives everybody what they have room for.
  func passEvents(from feed: EventFeed) {
    for number in clients.keys {
      while let client = clients[number], let following = client.following, !client.isBroken,
        client.waiting < ControlConnection.followingBytes
      {
        guard let item = feed.next(of: following.queue) else {
          if !following.follows { endFollowing(number, feed) }
          break
        }
        let answer: ControlAnswer =
          switch item {
          case .event(let event): .event(event)
          case .missed(let count): .missed(count)
          }
        clients[number]?.say(ControlCodec.encode(answer, id: following.id))
      }
    }
  }

  private func endFollowing(_ number: UInt64, _ feed: EventFeed) {
    guard let following = clients[number]?.following else { return }
    feed.close(following.queue)
    clients[number]?.following = nil
    clients[number]?.say(ControlCodec.encode(.done("That is all."), id: following.id))
  }

  /// Forgets clients of which nothing more can come, and what they followed.
  func dropFinished() {
    clients = clients.filter { number, client in
      guard client.isOver else { return true }
      if let following = client.following { feed?.close(following.queue) }
      client.withdraw()
      return false
    }
  }
}
