internal import HoldfastPlugin

/// What one instance knows of its server, and the jobs it has there.
///
/// `@unchecked Sendable` is safe: everything that changes is used on the loop's thread alone.
final class Server: @unchecked Sendable {
  /// How batches become documents.
  enum Filing {
    /// Each batch is added to the document of its session.
    case append
    /// Each batch is a document of its own, which a repetition replaces.
    case documentPerBatch(isAsynchronous: Bool)
  }

  /// The server is asked again what it can do after so long.
  static let filingLifetime: UInt64 = 600_000_000_000

  let settings: Settings
  let loop: Loop
  private(set) lazy var looks = Looks(self)
  private var jobs: [UInt64: Job] = [:]
  /// How many of them change what is stored.
  private(set) var writers = 0
  private var patient = PatientQueue()
  private var filing: (value: Filing, since: UInt64)?
  /// The server is known to reflect on memories of some tags alone.
  private(set) var reflectsByTags = false
  private var isAsking = false
  private var waiters: [(job: Job, then: (Filing) -> Void)] = []
  /// The server asked not to be asked before.
  private(set) var quietUntil: UInt64 = 0
  /// After how long an operation is first looked at, in nanoseconds.
  private(set) var firstLook: UInt64 = 0
  /// Withdrawals that were begun and did not come to their end, by the document they are about.
  private var unfinished: [String: [Withdrawal]] = [:]

  init(settings: Settings, loop: Loop) {
    self.settings = settings
    self.loop = loop
  }

  // MARK: - Jobs

  func begin(_ job: Job) {
    jobs[job.operation] = job
    if job is WritingJob { writers += 1 }
    guard job.isPatient else { return job.begin() }
    patient.add(job)
    advance()
  }

  func ended(_ job: Job) {
    guard jobs.removeValue(forKey: job.operation) != nil else { return }
    if job is WritingJob { writers -= 1 }
    guard job.isPatient else { return }
    patient.ended(job)
    advance()
  }

  private func advance() {
    while let job = patient.next() { job.begin() }
  }

  func cancel(_ operation: UInt64) { jobs[operation]?.cancel() }

  /// The instance ends; the host knows what was under way.
  func abandonAll() {
    patient.close()
    for job in Array(jobs.values) { job.cancel() }
    waiters = []
    looks.forgetAll()
  }

  // MARK: - What the server says of itself

  /// Something went wrong that another version of the server would explain.
  func doubt() { filing = nil }

  /// The server took a batch under another id than the one it was given, or keeps no text of some
  /// bank's documents.
  func cannotAppend() { filing = (.documentPerBatch(isAsynchronous: true), loop.now) }

  /// Whether the server asks to be left alone for some time. It is.
  func heardPlea(_ reply: Reply) -> Bool {
    guard case .answered(let status, _, let seconds) = reply, status == 429 || status == 503,
      seconds > 0
    else { return false }
    quietUntil = max(quietUntil, loop.now + UInt64(min(seconds, 300)) * 1_000_000_000)
    return true
  }

  /// An operation was complete when it was looked at. One that had been complete for some time is
  /// looked at sooner the next time, one that was looked at in vain before, later.
  func operationTook(_ nanoseconds: UInt64, looks: Int) {
    guard looks == 1 else {
      firstLook = min(nanoseconds, 1_000_000_000) / 4 * 3
      return
    }
    firstLook = firstLook < 1_000_000 ? 0 : firstLook / 4 * 3
  }

  /// Goes on once it is known how batches become documents, or fails the job.
  func whenFilingIsKnown(_ job: Job, then: @escaping (Filing) -> Void) {
    if let filing, loop.now - filing.since < Self.filingLifetime { return then(filing.value) }
    waiters.append((job, then))
    guard !isAsking else { return }
    isAsking = true
    loop.send(Request(path: "/version"), deadline: loop.now + 5_000_000_000) { reply in
      self.heardOfVersion(reply)
    }
  }

  private func heardOfVersion(_ reply: Reply) {
    isAsking = false
    let waiting = waiters
    waiters = []
    switch Self.filing(reply) {
    case .success(let value):
      reflectsByTags = !Self.version(reply).lexicographicallyPrecedes([1, 1])
      filing = (value, loop.now)
      for (job, then) in waiting where !job.isOver { then(value) }
    case .failure(let error):
      let place = settings.place
      for (job, _) in waiting { job.fail(.failed("\(place) \(error.reason)")) }
    }
  }

  /// A server that does not say its version is older than those that do.
  private static func filing(_ reply: Reply) -> Result<Filing, PluginError> {
    switch reply {
    case .broken(_, let reason): return .failure(.failed("does not answer: \(reason)"))
    case .answered(let status, nil, _):
      return .failure(.failed("answered \(status) to /version, and no JSON: is it Hindsight?"))
    case .answered(let status, let body, _):
      if status == 404 || status == 405 {
        return .success(.documentPerBatch(isAsynchronous: false))
      }
      guard status == 200 else { return .failure(.failed("answered \(status) to /version")) }
      if version(reply).lexicographicallyPrecedes([0, 5]) {
        return .success(.documentPerBatch(isAsynchronous: false))
      }
      // Nothing can be added to, or taken from, a text that the server does not keep.
      let keepsText = body?["features"]["store_document_text"].flag ?? true
      return .success(keepsText ? .append : .documentPerBatch(isAsynchronous: true))
    }
  }

  /// The numbers of the server's version; none if it does not say it.
  private static func version(_ reply: Reply) -> [Int] {
    guard case .answered(_, let body, _) = reply else { return [] }
    return (body?["api_version"].text ?? "").split(separator: ".").map {
      Int($0.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0
    }
  }

  // MARK: - Withdrawals that hang

  func begun(_ withdrawal: Withdrawal) {
    var list = unfinished[withdrawal.documentID, default: []]
    list.removeAll { $0.key == withdrawal.key }
    unfinished[withdrawal.documentID] = list + [withdrawal]
  }

  func finished(_ withdrawal: Withdrawal) {
    unfinished[withdrawal.documentID]?.removeAll { $0.key == withdrawal.key }
    if unfinished[withdrawal.documentID]?.isEmpty ?? false {
      unfinished[withdrawal.documentID] = nil
    }
  }

  func unfinished(of document: String) -> Withdrawal? { unfinished[document]?.first }
}
