internal import HoldfastPlugin

/// One call of the host, from its beginning to its answer. Made on the host's thread, and used on
/// the loop's alone after that. It waits for one thing at a time.
class Job {
  let server: Server
  let head: Head
  private var answer: Answer?
  private var transfer: Transfer?
  private var alarm: Int?

  init(_ server: Server, _ head: Head, _ answer: consuming Answer) {
    self.server = server
    self.head = head
    self.answer = consume answer
  }

  var operation: UInt64 { head.operation }
  var isOver: Bool { answer == nil }
  var settings: Settings { server.settings }

  /// The address of the bank that the session's memories are in.
  var bank: String { "/v1/default/banks/" + pathPart(settings.bank(head)) }

  /// Whether it may wait for others like it.
  var isPatient: Bool { false }

  /// Starts the work.
  func begin() {}

  // MARK: - Steps

  /// Sends a request and goes on with its reply. A server that asks for a pause gets it, if the
  /// deadline allows.
  func request(_ request: Request, then: @escaping (Reply) -> Void) {
    if server.quietUntil > server.loop.now {
      return keepQuiet(until: server.quietUntil, request, then)
    }
    transfer = server.loop.send(request, deadline: head.deadlineNanoseconds) { [self] reply in
      transfer = nil
      if server.heardPlea(reply) {
        wasPutOff(reply)
        return self.request(request, then: then)
      }
      switch reply {
      case .answered(500..., _, _), .broken:
        server.doubt()
        then(reply)
      default: then(reply)
      }
    }
  }

  /// What was sent is sent again later, as the server asks for.
  func wasPutOff(_ reply: Reply) {}

  private func keepQuiet(
    until end: UInt64, _ request: Request, _ then: @escaping (Reply) -> Void
  ) {
    let pause = Duration.nanoseconds(Int64(clamping: server.loop.left(until: end)) + 1_000_000)
    if head.deadlineNanoseconds > 0, end + 50_000_000 > head.deadlineNanoseconds {
      let seconds = max(1, pause.milliseconds / 1000)
      return fail(
        .failed("\(settings.place) asked not to be asked for another \(seconds) s"))
    }
    wait(pause) { [self] in self.request(request, then: then) }
  }

  /// Goes on after a pause.
  func wait(_ pause: Duration, then: @escaping () -> Void) {
    alarm = server.loop.after(pause) { [self] in
      alarm = nil
      then()
    }
  }

  // MARK: - Ends

  /// Gives one result of a recall; false if no more are wanted.
  func give(_ item: RecalledItem) -> Bool {
    guard let status = answer?.give(item) else { return false }
    return status != .stale
  }

  /// Gives the result of a tool, and ends.
  func succeed(with result: String) {
    if answer?.give(result: result) == .tooLarge {
      return fail(.failed("the result is longer than a model is given"))
    }
    succeed()
  }

  func succeed() {
    if let answer = answer.take() { answer.succeed() }
    server.ended(self)
  }

  func fail(_ error: PluginError) {
    if let answer = answer.take() { answer.fail(error) }
    server.ended(self)
  }

  /// The host does not wait any more.
  func cancel() {
    if let answer = answer.take() { answer.abandon() }
    if let transfer { server.loop.giveUp(transfer) }
    if let alarm { server.loop.silence(alarm) }
    transfer = nil
    alarm = nil
    server.ended(self)
  }

  // MARK: - What failed

  /// The server has no such document or bank, rather than no such address at all: that is what
  /// something else answers in its place.
  static func isAbsence(_ reply: Reply) -> Bool {
    guard case .answered(404, let body?, _) = reply, let detail = body["detail"].text else {
      return false
    }
    return detail != "Not Found"
  }

  /// What a reply that is not the wanted one means to the host.
  func failure(_ reply: Reply) -> PluginError {
    switch reply {
    case .broken(let mayHaveArrived, let reason):
      let text = "\(settings.place) does not answer: \(reason)"
      return mayHaveArrived ? .unknown(text) : .failed(text)
    case .answered(let status, let body, _):
      return Self.failure(of: status, body, at: settings.place)
    }
  }

  /// Refused is only what would be refused for ever: the batch itself is bad. An error inside the
  /// server may have come after the batch was stored, and that of a proxy after it was handed on.
  private static func failure(of status: Int, _ body: JSON?, at place: String) -> PluginError {
    switch status {
    case 400, 413, 422:
      .refused("\(place) answered \(status)\(detail(body)): it does not take this batch")
    case 409: .refused("\(place) has this operation in another bank; was bank_id changed?")
    case 401, 403: .failed("\(place) answered \(status): correct the setting `api_key`")
    case 404, 405:
      .failed("\(place) answered \(status): there is no Hindsight API; correct `api_url`")
    case 408, 500...: .unknown("\(place) answered \(status)")
    default: .failed("\(place) answered \(status)")
    }
  }

  /// The server's words, without what it repeats of the request, which would be somebody's message.
  private static func detail(_ body: JSON?) -> String {
    let messages =
      body?["detail"].list.map { $0.compactMap { $0["msg"].text } }
      ?? [body?["detail"].text].compactMap { $0 }
    let text = messages.joined(separator: "; ").prefix(200)
    return text.isEmpty ? "" : " (\(text))"
  }
}
