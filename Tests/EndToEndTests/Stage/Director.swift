import CShims
import Glibc
import HoldfastThreads

/// What a scripted plugin told: which entry was called, with what.
struct Call: Sendable, CustomStringConvertible {
  let name: String
  let fields: [String: String]

  init(_ line: Substring) {
    let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
    name = String(parts[0])
    var fields: [String: String] = [:]
    for part in parts.dropFirst() {
      guard let sign = part.firstIndex(of: "=") else { continue }
      fields[String(part[..<sign])] = Wire.unescaped(part[part.index(after: sign)...])
    }
    self.fields = fields
  }

  subscript(_ field: String) -> String { fields[field] ?? "" }

  func number(_ field: String) -> Int { Int(self[field]) ?? 0 }

  var session: String { self["session"] }
  /// The turns of a batch, "1-3".
  var range: String { "\(self["first"])-\(self["last"])" }

  var description: String {
    name + fields.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
  }
}

/// Directs one scripted plugin: hears of its calls and tells it how to behave. Goes on with the
/// next instance when the host starts again.
final class Director: @unchecked Sendable {
  // Safe: all that changes is used under the monitor's lock.

  enum Behaviour: String {
    case work, fail, refuse, unknown, hold, hang, garbage, raise
    case killBefore = "kill-before"
    case killAfter = "kill-after"
    case killAnswered = "kill-answered"
  }

  let path: String
  private let listener: Int32
  private let monitor = Monitor()
  private var calls: [Call] = []
  private var taken: [String: Int] = [:]
  private var opening: [String] = []
  private var connection: Int32 = -1
  private var isReady = false
  private var obeyed = 0
  private var isOver = false
  private var thread: NamedThread?

  init(in folder: TemporaryFolder, _ name: String) throws {
    path = "\(folder.path)/\(name).control"
    listener = cshims_unix_listen(path, 4)
    guard listener >= 0 else { throw TestFailure("cannot listen on \(path)") }
    thread = NamedThread("director") { [unowned self] in serve() }
  }

  /// Ends; the plugin then does its work undirected.
  func end() {
    let socket = monitor.withLock {
      isOver = true
      return connection
    }
    if socket >= 0 { shutdown(socket, Int32(SHUT_RDWR)) }
    let knock = cshims_unix_connect(path, 1000)
    if knock >= 0 { close(knock) }
    thread?.join()
    close(listener)
  }

  // MARK: - What happened

  /// The next call of that name which was not taken yet, and which matches.
  @discardableResult
  func next(_ name: String, where matches: (Call) -> Bool = { _ in true }) throws -> Call {
    let end = monotonicNanoseconds() + Patience.limit
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      let start = taken[name, default: 0]
      if let place = calls.indices.dropFirst(start).first(where: {
        calls[$0].name == name && matches(calls[$0])
      }) {
        taken[name] = place + 1
        return calls[place]
      }
      guard monotonicNanoseconds() < end else {
        let heard = calls.suffix(20).map(\.description).joined(separator: "\n")
        throw TestFailure("no \(name) came; the last calls were:\n\(heard)")
      }
      monitor.wait(until: end)
    }
  }

  /// All calls so far, or those of some names.
  func heard(_ names: String...) -> [Call] {
    catchUp()
    return monitor.withLock {
      names.isEmpty ? calls : calls.filter { names.contains($0.name) }
    }
  }

  /// Waits until all that the plugin told before this has been read: it answers an order behind it,
  /// or its connection ends behind it.
  private func catchUp() {
    let end = monotonicNanoseconds() + Patience.limit
    monitor.lock()
    defer { monitor.unlock() }
    guard isReady else { return }
    let target = obeyed + 1
    send("rule\tnobody\twork\t0\n", to: connection)
    while isReady, obeyed < target, monotonicNanoseconds() < end { monitor.wait(until: end) }
  }

  /// Turns that were stored, as "session turn text".
  var ledger: [String] {
    heard("stored").map { "\($0.session) \($0["turn"]) \($0["text"])" }
  }

  // MARK: - What is to happen

  /// The next `times` calls of the entry behave so, or all of them. Returns when the plugin knows.
  func rule(_ entry: String, _ behaviour: Behaviour, times: Int = 0) throws {
    try tell("rule\t\(entry)\t\(behaviour.rawValue)\t\(times)")
  }

  /// The same, for the next instance from its first call on.
  func begin(with entry: String, _ behaviour: Behaviour, times: Int = 0) {
    monitor.withLock { opening.append("rule\t\(entry)\t\(behaviour.rawValue)\t\(times)\n") }
  }

  /// Completes a call that is held; with status 0 its work is done.
  func answer(_ call: Call, _ status: Int32 = 0) throws {
    try tell("answer\t\(call["op"])\t\(status)\tscripted answer")
  }

  /// Does the work of a call that is held, as if it had been on its way all the time.
  func land(_ call: Call) throws { try tell("land\t\(call["op"])") }

  /// Lets what hangs go on.
  func release() throws { try tell("release") }

  private func tell(_ line: String) throws {
    let end = monotonicNanoseconds() + Patience.limit
    monitor.lock()
    defer { monitor.unlock() }
    while !isReady, monotonicNanoseconds() < end { monitor.wait(until: end) }
    let target = obeyed + 1
    send(line + "\n", to: connection)
    while obeyed < target {
      guard monotonicNanoseconds() < end else { throw TestFailure("nobody obeyed \(line)") }
      monitor.wait(until: end)
    }
  }

  private func send(_ text: String, to socket: Int32) {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = cshims_send(socket, bytes, sent, bytes.count - sent)
      if count < 0 { return }
      sent += Int(count)
    }
  }

  // MARK: - The connection

  private func serve() {
    while true {
      var entry = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
      poll(&entry, 1, -1)
      let socket = cshims_unix_accept(listener)
      guard socket >= 0 else { continue }
      let goesOn = monitor.withLock { () -> Bool in
        if isOver { return false }
        connection = socket
        // The plugin reads from its first line on, so nothing said here is lost.
        obeyed = -opening.count - 1
        for line in opening + ["go\n"] { send(line, to: socket) }
        opening = []
        return true
      }
      guard goesOn else {
        close(socket)
        return
      }
      read(socket)
      monitor.withLock { (connection, isReady) = (-1, false) }
      monitor.wakeAll()
      close(socket)
    }
  }

  private func read(_ socket: Int32) {
    var rest = ""
    var bytes = [UInt8](repeating: 0, count: 65_536)
    while true {
      // The next instance ends this one, whose connection a child of its host may keep open.
      var entries = [socket, listener].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      poll(&entries, 2, -1)
      if entries[0].revents == 0, entries[1].revents != 0 { return }
      let count = cshims_receive(socket, &bytes, bytes.count)
      if count == 0 || count < 0 && count != -Int64(EAGAIN) { return }
      guard count > 0 else { continue }
      rest += String(decoding: bytes.prefix(Int(count)), as: UTF8.self)
      let lines = rest.split(separator: "\n", omittingEmptySubsequences: false)
      for line in lines.dropLast() { hear(line) }
      rest = String(lines.last ?? "")
    }
  }

  private func hear(_ line: Substring) {
    monitor.withLock {
      if line == "obeyed" {
        obeyed += 1
        if obeyed == 0 { isReady = true }
      } else {
        calls.append(Call(line))
      }
    }
    monitor.wakeAll()
  }
}
