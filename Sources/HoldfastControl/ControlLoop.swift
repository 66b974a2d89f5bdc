internal import CShims
internal import Glibc
internal import HoldfastCore

/// The thread of a control server.
final class ControlLoop: @unchecked Sendable {
  // Safe: handed to its thread once, and used by nothing else.
  private var listener: Descriptor?
  private let waker: Descriptor
  private let handler: ControlServer.WithdrawableHandler
  private let server: ControlServer
  let feed: EventFeed?
  var clients: [UInt64: ControlConnection] = [:]
  private var lastClient: UInt64 = 0
  private var lastSerial: UInt64 = 0
  /// Without descriptors the listener would stay readable and the loop would spin.
  private var isOutOfDescriptors = false

  init(
    listener: Descriptor, waker: Descriptor, handler: @escaping ControlServer.WithdrawableHandler,
    server: ControlServer, feed: EventFeed?
  ) {
    self.feed = feed
    self.listener = listener
    self.waker = waker
    self.handler = handler
    self.server = server
  }

  /// Serves until the server stops.
  func run() {
    while true {
      cshims_unwake(waker.number)
      let (answers, isStopping) = server.collect()
      answers.forEach(give)
      if let feed { passEvents(from: feed) }
      if isStopping { return drain() }
      dropFinished()
      wait()
    }
  }

  private func wait() {
    let order = clients.keys.sorted()
    var polls = [
      pollfd(fd: waker.number, events: Int16(POLLIN), revents: 0),
      pollfd(
        fd: isOutOfDescriptors ? -1 : listener?.number ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    for number in order {
      let client = clients[number]
      // poll reports a hang-up also where it is asked for nothing. It is of use for a client that
      // has said all; for one that is not listened to for now it would come again and again.
      let events = client?.events ?? 0
      let isWatched = events != 0 || client?.isFinished == true
      let descriptor = isWatched ? client?.descriptor.number ?? -1 : -1
      polls.append(pollfd(fd: descriptor, events: events, revents: 0))
    }
    guard poll(&polls, nfds_t(polls.count), isOutOfDescriptors ? 500 : -1) >= 0 else { return }
    isOutOfDescriptors = false
    for (number, entry) in zip(order, polls.dropFirst(2)) where entry.revents != 0 {
      serve(number, Int32(entry.revents))
    }
    if polls[1].revents != 0 { accept() }
  }

  private func serve(_ number: UInt64, _ events: Int32) {
    if events & POLLOUT != 0 { clients[number]?.flush() }
    if events & (POLLIN | POLLHUP | POLLERR) != 0 { clients[number]?.read() }
    // Nobody is left who could hear the answers that are owed.
    if events & POLLHUP != 0, clients[number]?.isFinished == true { clients[number]?.hangUp() }
    listen(to: number)
  }

  private func listen(to number: UInt64) {
    while let piece = clients[number]?.nextPiece() {
      switch piece {
      case .line(let line):
        if line.contains(where: { $0 != 0x20 && $0 != 0x09 }) { take(line, from: number) }
      case .tooLong:
        refuse(number, 0, "a request is at most \(ControlCodec.maxRequestBytes) bytes long")
      }
    }
  }

  private func take(_ line: [UInt8], from number: UInt64) {
    do throws(ControlProblem) {
      let (id, request) = try ControlCodec.request(from: line)
      if case .events(let filter) = request, let feed {
        return follow(filter, of: feed, as: id, from: number)
      }
      lastSerial += 1
      let serial = lastSerial
      let withdrawal = handler(request) { [server] answer in
        server.post(ControlReply(client: number, serial: serial, id: id, answer: answer))
      }
      clients[number]?.expect(serial, withdrawal)
    } catch {
      refuse(number, error.id, error.description)
    }
  }

  func refuse(_ number: UInt64, _ id: UInt64, _ reason: String) {
    clients[number]?.say(ControlCodec.encode(.refused(reason), id: id))
  }

  private static func line(_ answer: ControlAnswer, _ id: UInt64) -> [UInt8] {
    let line = ControlCodec.encode(answer, id: id)
    if line.count <= ControlCodec.maxAnswerBytes { return line }
    return ControlCodec.encode(
      .refused("the answer is larger than \(ControlCodec.maxAnswerBytes >> 20) MiB; ask for fewer"),
      id: id)
  }

  /// The text is made here: whoever answers has something else to do.
  private func give(_ reply: ControlReply) {
    guard clients[reply.client] != nil else { return }
    let line = Self.line(reply.answer, reply.id)
    clients[reply.client]?.answer(reply.serial, with: line)
    // What it had sent before may have waited for this.
    listen(to: reply.client)
  }

  private func accept() {
    let fd = cshims_unix_accept(listener?.number ?? -1)
    guard fd >= 0 else {
      isOutOfDescriptors = fd == -EMFILE || fd == -ENFILE
      return
    }
    var client = ControlConnection(Descriptor(fd))
    let user = cshims_peer_user(fd)
    if user != Int64(geteuid()), user != 0 {
      client.say(ControlCodec.encode(.refused("this host belongs to another user"), id: 0))
    } else if clients.count >= ControlServer.maxClients {
      client.say(ControlCodec.encode(.refused("too many clients; try again"), id: 0))
    } else {
      lastClient += 1
      clients[lastClient] = client
    }
  }

  /// Sends what is still queued, to those who read it soon. Whoever sees the end of a connection
  /// must find nobody listening any more.
  private func drain() {
    listener = nil
    let end = ContinuousClock.now + .milliseconds(500)
    while true {
      for number in clients.keys { clients[number]?.flush() }
      clients = clients.filter { !$0.value.isBroken && $0.value.waiting > 0 }
      let left = ContinuousClock.now.duration(to: end).milliseconds
      if clients.isEmpty || left == 0 { return }
      var polls = clients.values.map {
        pollfd(fd: $0.descriptor.number, events: Int16(POLLOUT), revents: 0)
      }
      poll(&polls, nfds_t(polls.count), Int32(left))
    }
  }
}
