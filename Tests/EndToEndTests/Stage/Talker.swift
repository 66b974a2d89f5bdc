import Glibc
import HoldfastThreads

/// Somebody who keeps talking on a thread of its own while the host is killed and started again: a
/// message without a receipt is sent again under the same id, so that it counts once.
final class Talker: @unchecked Sendable {
  // Safe: what both threads use is used under the monitor's lock; `problem` belongs to the thread
  // until it was joined.

  let name: String
  /// Texts that were accepted, commands left out.
  var accepted: [String: String] { monitor.withLock { texts } }
  /// How often the reply to each message came.
  var replies: [String: Int] { monitor.withLock { counts } }
  private(set) var problem: String?
  /// How many of its messages had come before.
  var duplicates: Int { monitor.withLock { recognised } }
  private var recognised = 0
  private var texts: [String: String] = [:]
  private var counts: [String: Int] = [:]
  private let socket: String
  private let command: String
  private let tool: String
  private let monitor = Monitor()
  private var isOver = false
  private var isSilent = false
  private var thread: NamedThread?

  /// Says `command` now and then, and has every other of its words written by the tool of that
  /// name, if there is one.
  init(_ name: String, on socket: String, command: String, tool: String = "") {
    self.name = name
    self.command = command
    self.tool = tool
    self.socket = socket
  }

  func begin() { thread = NamedThread("talker") { [unowned self] in talk() } }

  /// Says nothing new, and returns when the last message has its receipt.
  func fallSilent() {
    monitor.withLock {
      isOver = true
      while !isSilent { monitor.wait() }
    }
  }

  /// Returns when the host has hung up.
  func end() { thread?.join() }

  private func talk() {
    defer {
      monitor.withLock { isSilent = true }
      monitor.wakeAll()
    }
    do {
      let chat = try Chat(socket, chat: name, user: name)
      var number = 0
      while !monitor.withLock({ isOver }) {
        number += 1
        let text = number % 16 == 0 ? command : words(number)
        try insist(on: text, id: "\(name)-\(number)", chat)
      }
      monitor.withLock { isSilent = true }
      monitor.wakeAll()
      while true { count(try chat.next(within: .endless) { $0.verb == "reply" }.id) }
    } catch is HungUp {
      if !monitor.withLock({ isSilent }) { problem = "\(name) was hung up on" }
    } catch { problem = "\(name): \(error)" }
  }

  private func words(_ number: Int) -> String {
    if tool.isEmpty || number % 2 == 0 { return "\(name) says \(number)" }
    return "use \(tool):{\"word\":\"\(name)-\(number)\"}"
  }

  private func insist(on text: String, id: String, _ chat: Chat) throws {
    // Hosts may end many times before one has served.
    let patience = Patience(end: monotonicNanoseconds() + 2 * Patience.limit)
    while !patience.isOver {
      do {
        let line = try chat.receipt(text, id: id, within: patience)
        drain(chat)
        switch line.verb {
        case "ok", "duplicate":
          if line.verb == "duplicate" { monitor.withLock { recognised += 1 } }
          if text != command { monitor.withLock { texts[id] = text } }
          return
        case "busy": poll(nil, 0, 5)
        case "refused" where line.text.contains("stopping"): poll(nil, 0, 5)
        default: throw TestFailure("\(text) was answered with \(line.fields)")
        }
      } catch is HungUp {
        drain(chat)
        try chat.connect(within: patience)
      }
    }
    throw TestFailure("\(text) was never accepted")
  }

  private func drain(_ chat: Chat) {
    for line in chat.takeOthers() where line.verb == "reply" { count(line.id) }
  }

  private func count(_ id: String) { monitor.withLock { counts[id, default: 0] += 1 } }
}
