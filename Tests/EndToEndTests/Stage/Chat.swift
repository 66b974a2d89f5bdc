import CShims
import Glibc
import HoldfastThreads

/// The console ended the connection.
struct HungUp: Error {}

/// A person at the console, seen from the wire. For one thread.
final class Chat {
  /// What the console said.
  struct Line {
    let fields: [String]

    var verb: String { fields[0] }
    var id: String { fields.count > 1 ? fields[1] : "" }
    var text: String { fields.last ?? "" }
    var isNotice: Bool { verb == "reply" && fields.count > 4 && fields[4] == "1" }
  }

  private let path: String
  private let chat: String
  let user: String
  private let acknowledges: Bool
  private var socket: Int32 = -1
  private var rest: [UInt8] = []
  private var lastID = 0
  /// Lines that were read and belong to another message than the one that was waited for.
  private var others: [Line] = []

  /// Connects, as soon as the console is there.
  init(_ path: String, chat: String, user: String, acknowledges: Bool = false) throws {
    self.acknowledges = acknowledges
    self.path = path
    self.chat = chat
    self.user = user
    try connect()
  }

  deinit { if socket >= 0 { close(socket) } }

  /// Connects again, after the host has started again.
  func connect(within patience: Patience = Patience()) throws {
    try Patience.until("the console at \(path) is there", within: patience) {
      if socket >= 0 { close(socket) }
      rest = []
      socket = cshims_unix_connect(path, 1000)
      guard socket >= 0 else { return false }
      send(Wire.line(["hello", chat, user] + (acknowledges ? ["acks"] : [])))
      do { _ = try next { $0.verb == "ready" } } catch is HungUp { return false }
      return true
    }
  }

  /// Ends the connection, even if a child that is being spawned still holds a copy of it.
  func hangUp() {
    shutdown(socket, Int32(SHUT_RDWR))
    close(socket)
    socket = -1
  }

  /// Says something and waits until it is in the journal; gives the message's id.
  @discardableResult
  func say(_ text: String, id: String? = nil) throws -> String {
    lastID += 1
    let id = id ?? "\(user) in \(chat) \(lastID)"
    send(Wire.line(["say", id, text]))
    let line = try next { $0.id == id && $0.verb != "reply" }
    guard line.verb == "ok" else { throw TestFailure("\(text) was answered with \(line.fields)") }
    return id
  }

  /// Says something and waits for nothing.
  func tell(_ text: String, id: String) { send(Wire.line(["say", id, text])) }

  /// What the console says of a message other than its reply: `ok`, `duplicate`, `refused`, `busy`.
  func receipt(
    _ text: String, id: String, within patience: Patience = Patience()
  ) throws -> Line {
    tell(text, id: id)
    return try next(within: patience) { $0.id == id && $0.verb != "reply" }
  }

  /// Sends bytes that are no text.
  func receipt(bytes: [UInt8], id: String) throws -> Line {
    send(Array("say\t\(id)\t".utf8) + bytes + [0x0A])
    return try next { $0.id == id && $0.verb != "reply" }
  }

  /// The reply to a message, all of its parts.
  func reply(to id: String) throws -> String {
    var text = ""
    while true {
      let line = try next { $0.verb == "reply" && $0.id == id }
      text += line.text
      if line.fields[2] == line.fields[3] { return text }
    }
  }

  /// Says that a reply was shown, to a console that waits for that.
  func acknowledge(_ reply: Line) { send(Wire.line(["got", reply.text])) }

  /// Says something and gives the reply.
  @discardableResult
  func ask(_ text: String) throws -> String { try reply(to: try say(text)) }

  /// The next line that matches; others are kept for later.
  func next(
    within patience: Patience = Patience(), where matches: (Line) -> Bool
  ) throws -> Line {
    if let place = others.firstIndex(where: matches) { return others.remove(at: place) }
    while true {
      while let line = take() {
        if matches(line) { return line }
        others.append(line)
      }
      var entry = [pollfd(fd: socket, events: Int16(POLLIN), revents: 0)]
      poll(&entry, 1, 1000)
      guard !patience.isOver else {
        throw TestFailure("the console says nothing of the kind; it said \(others.suffix(5))")
      }
      guard entry[0].revents != 0 else { continue }
      var bytes = [UInt8](repeating: 0, count: 65_536)
      let count = cshims_receive(socket, &bytes, bytes.count)
      guard count > 0 else { throw HungUp() }
      rest += bytes.prefix(Int(count))
    }
  }

  /// What came beside what was waited for.
  func takeOthers() -> [Line] {
    defer { others = [] }
    return others
  }

  private func take() -> Line? {
    guard let end = rest.firstIndex(of: 0x0A) else { return nil }
    let text = String(decoding: rest[..<end], as: UTF8.self)
    rest.removeSubrange(...end)
    let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
    return Line(fields: fields.map(Wire.unescaped))
  }

  private func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = cshims_send(socket, bytes, sent, bytes.count - sent)
      if count < 0 { return }
      sent += Int(count)
    }
  }
}
