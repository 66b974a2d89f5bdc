internal import HoldfastCore

/// A request as it travels: `{"id":1,"do":"sessions","limit":20}`.
struct RequestMessage: Codable, Equatable {
  var id: UInt64
  var `do`: String
  var before: String?
  var session: String?
  var key: String?
  var limit: Int?
  var includeHidden: Bool?
  var command: CommandMessage?
  var batch: Int64?
  var instance: String?
  var status: String?
  var enrolment: Int64?
  var dryRun: Bool?
  var query: String?
  var scope: String?

  /// What can be asked, by name.
  static let known = [
    "status", "sessions", "history", "command", "retry_batch", "drop_batch", "batches", "recall",
    "backfill", "detach", "explain", "start_plugin", "stop_plugin", "locks", "break_lock",
    "stop",
  ]

  init(id: UInt64, _ request: ControlRequest) {
    self.id = id
    switch request {
    case .status: self.do = "status"
    case .sessions(let before, let limit, let includeHidden):
      self.do = "sessions"
      self.before = before?.description
      self.limit = limit
      self.includeHidden = includeHidden
    case .history(let session, let limit):
      self.do = "history"
      self.session = session.description
      self.limit = limit
    case .command(let target, let command):
      self.do = "command"
      name(target)
      self.command = CommandMessage(command)
    case .recall(let query, let target, let instance):
      self.do = "recall"
      self.query = query
      self.instance = instance?.description
      switch target {
      case .session(let target): name(target)
      case .scope(let scope): self.scope = scope.description
      case .newest: break
      }
    case .retryBatch(let batch):
      (self.do, self.batch) = ("retry_batch", batch)
    case .dropBatch(let batch):
      (self.do, self.batch) = ("drop_batch", batch)
    case .batches(let instance, let status, let limit):
      self.do = "batches"
      self.instance = instance.description
      self.status = status.name
      self.limit = limit
    case .backfill(let instance, let session, let isDryRun):
      self.do = "backfill"
      self.instance = instance.description
      self.session = session?.description
      dryRun = isDryRun
    case .detach(let enrolment):
      self.do = "detach"
      self.enrolment = enrolment.value
    case .explain(let session):
      self.do = "explain"
      self.session = session.description
    case .startPlugin(let instance):
      self.do = "start_plugin"
      self.instance = instance.description
    case .stopPlugin(let instance):
      self.do = "stop_plugin"
      self.instance = instance.description
    case .locks: self.do = "locks"
    case .breakLock(let session):
      self.do = "break_lock"
      self.session = session.description
    case .stop: self.do = "stop"
    }
  }

  private mutating func name(_ target: SessionTarget) {
    switch target {
    case .key(let key): self.key = key.description
    case .session(let session): self.session = session.description
    }
  }

  /// What it asks.
  func request() throws(ControlProblem) -> ControlRequest {
    switch self.do {
    case "status": return .status
    case "stop": return .stop
    case "sessions":
      return .sessions(
        before: try before.map(parseSession), limit: try parseLimit(default: 50),
        includeHidden: includeHidden ?? false)
    case "history":
      return .history(try requiredSession(), limit: try parseLimit(default: 50))
    case "command": return .command(try target(), try chatCommand())
    case "recall":
      return .recall(
        query: try required(query, "query"), try recallTarget(), instance.map { InstanceID($0) })
    case "retry_batch": return .retryBatch(try required(batch, "batch"))
    case "drop_batch": return .dropBatch(try required(batch, "batch"))
    case "batches":
      return .batches(try requiredInstance(), try cutStatus(), limit: try parseLimit(default: 50))
    case "backfill":
      return .backfill(
        try requiredInstance(), try session.map(parseSession), isDryRun: dryRun ?? false)
    case "detach": return .detach(EnrolmentID(try required(enrolment, "enrolment")))
    case "explain": return .explain(try requiredSession())
    case "locks": return .locks
    case "break_lock": return .breakLock(try requiredSession())
    case "start_plugin": return .startPlugin(try requiredInstance())
    case "stop_plugin": return .stopPlugin(try requiredInstance())
    default: throw unknown()
    }
  }

  private func unknown() -> ControlProblem {
    let name = String(self.do.prefix(40))
    let question = Suggestion.question(for: name, among: Self.known)
    let listed = Self.known.joined(separator: ", ")
    return problem("there is no request \"\(name)\"\(question); known are \(listed)")
  }

  private func problem(_ text: String) -> ControlProblem { ControlProblem(text, id: id) }

  private func required<Value>(_ value: Value?, _ name: String) throws(ControlProblem) -> Value {
    guard let value else { throw problem("the request \"\(self.do)\" needs \"\(name)\"") }
    return value
  }

  private func requiredInstance() throws(ControlProblem) -> InstanceID {
    InstanceID(try required(instance, "instance"))
  }

  private func requiredSession() throws(ControlProblem) -> SessionID {
    try parseSession(try required(session, "session"))
  }

  private func parseSession(_ text: String) throws(ControlProblem) -> SessionID {
    guard let session = SessionID(text) else {
      throw problem("\"\(text.prefix(40))\" is no session id; those have 26 letters and digits")
    }
    return session
  }

  /// Bounds an answer's size.
  private func parseLimit(default standard: Int) throws(ControlProblem) -> Int {
    guard let limit else { return standard }
    guard (0...1000).contains(limit) else {
      throw problem("\"limit\" is a number from 0 to 1000, not \(limit)")
    }
    return limit
  }

  private func target() throws(ControlProblem) -> SessionTarget {
    if session != nil { return .session(try requiredSession()) }
    let text = try required(key, "session\" or \"key")
    guard let key = SessionKey(text) else {
      throw problem("\"\(text.prefix(80))\" is no session key; one is agent:channel:dm:chat")
    }
    return .key(key)
  }

  private func recallTarget() throws(ControlProblem) -> RecallTarget {
    if let scope { return .scope(Scope(scope)) }
    return session == nil && key == nil ? .newest : .session(try target())
  }

  private func chatCommand() throws(ControlProblem) -> ChatCommand {
    let message = try required(command, "command")
    do { return try message.command() } catch { throw problem(error.description) }
  }

  private func cutStatus() throws(ControlProblem) -> CutStatus {
    let name = try required(status, "status")
    guard let status = CutStatus(name: name) else {
      throw problem("\"\(name.prefix(40))\" is no status of a batch; known are open and parked")
    }
    return status
  }
}
