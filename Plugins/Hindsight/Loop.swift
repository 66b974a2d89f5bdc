internal import CHindsight
internal import HoldfastPlugin
internal import Synchronization

/// One thread that has all requests of an instance under way at a time, over connections that stay
/// open. Jobs live on it: what they ask for comes back to them there.
///
/// `@unchecked Sendable` is safe: `inbox` is guarded by its lock, `poller` may be woken from any
/// thread, and everything else is used on the loop's own thread alone.
final class Loop: @unchecked Sendable {
  /// Something to be done on the loop's thread.
  typealias Work = () -> Void

  /// Most connections to the server at a time; a request beyond them waits for one. The host has
  /// batches of 64 sessions under way at most: a recall finds a connection beside them all.
  private static let connections = 96

  /// What other threads leave for the loop; each piece of work is handed over with all it holds.
  private struct Inbox: @unchecked Sendable {
    // Safe: a closure is made on one thread, and used on the loop's thread alone after that.
    var work: [Work] = []
    var isOver = false
  }

  private struct Alarm {
    let id: Int
    let due: UInt64
    let work: Work
  }

  private let host: PluginHost
  private let settings: Settings
  private let isLoopback: Bool
  private let multi: UnsafeMutableRawPointer
  private let poller: OpaquePointer
  private let inbox = Mutex(Inbox())
  private var thread = pthread_t()
  private var idle: [Transfer] = []
  private var active: [OpaquePointer: Transfer] = [:]
  private var alarms: [Alarm] = []
  private var lastAlarm = 0

  init(host: PluginHost, settings: Settings, name: String) throws {
    self.host = host
    self.settings = settings
    let rest = settings.apiURL.drop { $0 != "/" }.dropFirst(2)
    isLoopback = ["127.", "localhost", "[::1]"].contains { rest.hasPrefix($0) }
    guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let multi = curl_multi_init()
    else { throw PluginError.failed("libcurl cannot be used: no memory") }
    guard let poller = chindsight_poller_make(multi) else {
      curl_multi_cleanup(multi)
      throw PluginError.failed("there is nothing to wait with: the system allows no more files")
    }
    self.multi = multi
    self.poller = poller
    _ = chindsight_multi_number(multi, CURLMOPT_MAXCONNECTS, Self.connections)
    _ = chindsight_multi_number(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, Self.connections)
    let this = Unmanaged.passRetained(self).toOpaque()
    let code = chindsight_thread_start(
      &thread, name,
      { @Sendable context in
        guard let context else { return nil }
        Unmanaged<Loop>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, this)
    guard code == 0 else {
      Unmanaged<Loop>.fromOpaque(this).release()
      throw PluginError.failed("there is no thread for requests: the system allows no more")
    }
  }

  deinit {
    // It still says which sockets are no longer of interest.
    curl_multi_cleanup(multi)
    chindsight_poller_free(poller)
  }

  // MARK: - From any thread

  /// Has it done on the loop's thread. What it holds is used there alone from now on.
  func post(_ work: sending @escaping Work) {
    let wasEmpty = inbox.withLock { inbox in
      if inbox.isOver { return false }
      inbox.work.append(work)
      return inbox.work.count == 1
    }
    if wasEmpty { chindsight_poller_wake(poller) }
  }

  /// Ends the thread, with whatever it was doing. What was posted before is still done.
  func stop() {
    inbox.withLock { $0.isOver = true }
    chindsight_poller_wake(poller)
    pthread_join(thread, nil)
  }

  // MARK: - On the loop's thread

  func warn(_ text: String) { host.log(.warning, text) }

  var now: UInt64 { host.nowNanoseconds }

  /// Nanoseconds until then; 0 if it is over. The clock goes on while it is read.
  func left(until time: UInt64) -> UInt64 {
    let now = self.now
    return time > now ? time - now : 0
  }

  /// Sends a request. It is given up at the deadline, or after the configured time.
  @discardableResult
  func send(
    _ request: Request, deadline: UInt64, then: @escaping (Reply) -> Void
  ) -> Transfer? {
    guard let transfer = idle.popLast() ?? makeTransfer() else {
      then(.broken(mayHaveArrived: false, reason: "no memory"))
      return nil
    }
    let left = deadline == 0 ? UInt64.max : left(until: deadline) / 1_000_000
    let limit = request.isLong && deadline > 0 ? Int(Int32.max) : settings.timeout.milliseconds
    let milliseconds = max(1, min(Int(clamping: left), limit))
    transfer.prepare(
      request, at: settings.apiURL, timeoutMilliseconds: milliseconds, then: then)
    active[transfer.easy] = transfer
    curl_multi_add_handle(multi, transfer.handle)
    return transfer
  }

  private func makeTransfer() -> Transfer? {
    Transfer(apiKey: settings.apiKey, isLoopback: isLoopback)
  }

  /// Gives a request up that nobody waits for.
  func giveUp(_ transfer: Transfer) {
    guard active.removeValue(forKey: transfer.easy) != nil else { return }
    transfer.forget()
    curl_multi_remove_handle(multi, transfer.handle)
    // Not used again: its connection is in the middle of an answer.
  }

  /// Does something later; gives a number for `silence`.
  func after(_ delay: Duration, _ work: @escaping Work) -> Int {
    lastAlarm += 1
    alarms.append(
      Alarm(id: lastAlarm, due: now + UInt64(delay.milliseconds) * 1_000_000, work: work))
    return lastAlarm
  }

  func silence(_ alarm: Int) { alarms.removeAll { $0.id == alarm } }

  private func run() {
    while true {
      let (work, isOver) = inbox.withLock { inbox in
        defer { inbox.work = [] }
        return (inbox.work, inbox.isOver)
      }
      for piece in work { piece() }
      if isOver { break }
      ringDue()
      chindsight_poller_start(poller)
      if takeFinished() { continue }
      chindsight_poller_wait(poller, pause())
      takeFinished()
    }
    for transfer in Array(active.values) { giveUp(transfer) }
    alarms = []
    idle = []
  }

  /// Until the next alarm, in milliseconds; a request that waits for its turn is looked at then.
  private func pause() -> Int32 {
    guard let first = alarms.map(\.due).min() else { return 60_000 }
    return Int32(clamping: (left(until: first) + 999_999) / 1_000_000)
  }

  private func ringDue() {
    guard !alarms.isEmpty else { return }
    let now = self.now
    let due = alarms.filter { $0.due <= now }
    alarms.removeAll { $0.due <= now }
    for alarm in due.sorted(by: { $0.due < $1.due }) { alarm.work() }
  }

  /// Whether there were any.
  @discardableResult
  private func takeFinished() -> Bool {
    var any = false
    var result = CURLE_OK
    while let easy = chindsight_next_done(multi, &result) {
      any = true
      guard let transfer = active.removeValue(forKey: OpaquePointer(easy)) else { continue }
      curl_multi_remove_handle(multi, easy)
      transfer.finish(result)
      if idle.count < Self.connections { idle.append(transfer) }
    }
    return any
  }
}

extension Duration {
  /// Whole milliseconds, at least 0.
  var milliseconds: Int {
    max(0, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
  }
}
