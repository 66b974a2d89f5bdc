internal import HoldfastPlugin

/// What is to be stored as one document, or added to it.
struct Item {
  enum Mode: String {
    case append, replace
  }

  var document: String
  var content: String
  /// Nil where the server has no such choice: it replaces.
  var mode: Mode?
  var tags: [String]
  var metadata: [(key: String, value: String)]
  var context: String
  var timestamp: String

  /// The body of a retain.
  func body(id: String, isAsynchronous: Bool) -> [UInt8] {
    var item: [(String, JSONText)] = [
      ("content", .text(content)), ("context", .text(context)),
      ("metadata", .object(metadata.map { ($0.key, .text($0.value)) })),
      ("document_id", .text(document)), ("tags", .list(tags.map(JSONText.text))),
      ("timestamp", .text(timestamp)),
    ]
    if let mode { item.append(("update_mode", .text(mode.rawValue))) }
    var members: [(String, JSONText)] = [
      ("items", .list([.object(item)])), ("async", .flag(isAsynchronous)),
    ]
    if isAsynchronous { members.append(("operation_id", .text(id))) }
    return JSONText.object(members).bytes
  }
}

/// A job that changes what is stored: it ends when the server says that the change is complete.
class WritingJob: Job {
  /// The server took what is to be stored, or may have. Whatever comes then, it may be there, or
  /// come to be there: an operation that failed may have done a part of its work, and others may
  /// tell it to try again.
  var mayBeTaken = false
  private var sentAt: UInt64 = 0
  private var retries = 0
  private var looks = 0
  private var lookFailures = 0
  private var wasSentAgain = false

  /// How long it is before an operation is looked at again, at first and at most.
  private static let firstPause = Duration.milliseconds(5)
  private static let longestPause = Duration.seconds(1)

  override func fail(_ error: PluginError) {
    guard mayBeTaken else { return super.fail(error) }
    super.fail(.unknown("\(error.reason), so nobody knows whether it is stored"))
  }

  /// A proxy may ask for a pause after it has handed the request on.
  override func wasPutOff(_ reply: Reply) {
    if case .answered(500..., _, _) = reply { mayBeTaken = true }
  }

  /// Stores the item under an operation of that id, and goes on when it is stored. Storing it again
  /// under the same id changes nothing.
  func store(
    _ item: Item, id: String, isAsynchronous: Bool, then: @escaping () -> Void
  ) {
    (retries, looks, lookFailures, wasSentAgain, mayBeTaken) = (0, 0, 0, false, false)
    let body = item.body(id: id, isAsynchronous: isAsynchronous)
    let request = Request(
      method: .post, path: "\(bank)/memories", body: body, isLong: !isAsynchronous)
    send(request, id: id, isAsynchronous, then)
  }

  private func send(
    _ request: Request, id: String, _ isAsynchronous: Bool, _ then: @escaping () -> Void
  ) {
    sentAt = server.loop.now
    self.request(request) { [self] reply in
      guard case .answered(200..<300, let body, _) = reply else {
        if case .answered(404, _, _) = reply { server.doubt() }
        return fail(failure(reply))
      }
      mayBeTaken = true
      guard isAsynchronous else {
        if body?["success"].flag == true { return then() }
        return fail(.unknown("\(settings.place) does not say that it has stored the batch"))
      }
      let given = body?["operation_id"].text ?? id
      if given.lowercased() != id.lowercased() { server.cannotAppend() }
      let again = { [self] in send(request, id: id, isAsynchronous, then) }
      lookSoon(at: given, again, then)
    }
  }

  /// Operations that are complete at once are looked at at once.
  private func lookSoon(
    at id: String, _ sendAgain: @escaping () -> Void, _ then: @escaping () -> Void
  ) {
    let usual = Duration.nanoseconds(Int64(clamping: server.firstLook))
    guard usual > .zero else { return look(at: id, pause: Self.firstPause, sendAgain, then) }
    wait(usual) { [self] in
      look(at: id, pause: max(Self.firstPause, usual / 4), sendAgain, then)
    }
  }

  /// Asks what has become of an operation, again and again until it has come to an end. Every other
  /// time it may be asked together with others; the server corrects what it says of an operation
  /// only when it is asked for that one.
  private func look(
    at id: String, pause: Duration, _ sendAgain: @escaping () -> Void,
    _ then: @escaping () -> Void
  ) {
    let lookAgain = { [self] (pause: Duration) in
      wait(pause) { [self] in
        look(at: id, pause: min(pause * 2, Self.longestPause), sendAgain, then)
      }
    }
    let lookAlone = { [self] in
      self.request(Request(path: "\(bank)/operations/\(pathPart(id))")) { [self] reply in
        heard(reply, of: id, pause, lookAgain, sendAgain, then)
      }
    }
    guard looks % 2 == 0, server.looks.areWorthwhile else { return lookAlone() }
    server.looks.look(at: id, in: bank, for: self) { [self] status in
      switch status {
      case "completed": completed(then)
      case "pending", "processing":
        looks += 1
        lookAgain(pause)
      default: lookAlone()
      }
    }
  }

  private func heard(
    _ reply: Reply, of id: String, _ pause: Duration, _ lookAgain: @escaping (Duration) -> Void,
    _ sendAgain: @escaping () -> Void, _ then: @escaping () -> Void
  ) {
    guard case .answered(200, let body?, _) = reply, let status = body["status"].text else {
      lookFailures += 1
      if lookFailures < 5 { return lookAgain(max(pause, .milliseconds(100))) }
      return fail(failure(reply))
    }
    lookFailures = 0
    switch status {
    case "completed": completed(then)
    case "failed", "cancelled": revive(id, status, lookAgain)
    case "not_found":
      guard !wasSentAgain else {
        return fail(.failed("\(settings.place) takes a batch and forgets it"))
      }
      wasSentAgain = true
      sendAgain()
    default:
      looks += 1
      lookAgain(pause)
    }
  }

  private func completed(_ then: () -> Void) {
    looks += 1
    server.operationTook(server.loop.now - sentAt, looks: looks)
    then()
  }

  /// An operation that failed is not done again by sending it again: the server has to be told.
  private func revive(_ id: String, _ status: String, _ lookAgain: @escaping (Duration) -> Void) {
    guard retries < 1 else {
      return fail(
        .failed("operation \(id) \(status) on \(settings.place) (the server's log says why)"))
    }
    retries += 1
    let path = "\(bank)/operations/\(pathPart(id))/retry"
    request(Request(method: .post, path: path, body: Array("{}".utf8))) { [self] reply in
      switch reply {
      case .answered(200..<300, _, _), .answered(409, _, _): lookAgain(Self.firstPause)
      case .answered(404, _, _), .answered(400, _, _):
        fail(.failed("operation \(id) \(status) on \(settings.place) and cannot be tried again"))
      default: fail(failure(reply))
      }
    }
  }
}
