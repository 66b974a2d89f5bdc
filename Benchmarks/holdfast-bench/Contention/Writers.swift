import CShims
import Glibc

/// One process of the crowd: a writer in the room of each agent, who says one thing after the
/// other, each when the one before was answered. Others write in the same rooms.
struct Writers {
  /// What came of it, as this process tells it to the one that started it.
  struct Outcome {
    /// Messages that the agent answered.
    var answered = 0
    /// Messages that the host answered itself.
    var notices = 0
    /// Answers to messages that were answered before.
    var doubles = 0
    /// Times that a message was not taken and had to be said again.
    var busy = 0
    /// Milliseconds from saying something until its answer was there.
    var waits: [Double] = []
  }

  /// What a writer is in the middle of.
  private struct Writer {
    var socket: Int32
    var room: Int
    var input: [UInt8] = []
    var said = 0
    var saidAt: UInt64 = 0
    /// When to say it again, nil if it was taken.
    var again: UInt64?
    /// When to say the next thing, nil while something is not answered.
    var next: UInt64?
    var isOver = false
  }

  private let name: String
  private let messages: Int
  /// Nanoseconds that each writer thinks before it goes on.
  private let pause: UInt64
  private var writers: [Writer]
  private var outcome = Outcome()
  private var answers: Set<String> = []

  /// `name` is unique among the processes. Connects to the rooms in `folder`.
  init(name: String, folder: String, rooms: Int, messages: Int, pause: UInt64) throws {
    self.name = name
    self.pause = pause
    self.messages = messages
    writers = try (1...rooms).map { room in
      let socket = cshims_unix_connect("\(folder)/r\(room).sock", 30_000)
      guard socket >= 0 else { throw BenchmarkFailure("no room \(room): error \(-socket)") }
      return Writer(socket: socket, room: room)
    }
    for place in writers.indices { send("hello\troom\t\(name)", by: place) }
  }

  /// Returns when everything was said and answered.
  mutating func run() throws -> Outcome {
    var open = writers.count
    for place in writers.indices {
      writers[place].next = nanoseconds() + pause * UInt64(place) / UInt64(writers.count)
    }
    let end = nanoseconds() + 600_000_000_000
    var lookedAt: UInt64 = 0
    var polls = writers.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
    while open > 0 {
      let now = nanoseconds()
      guard now < end else {
        throw BenchmarkFailure("\(name): \(open) writers wait for answers that do not come")
      }
      _ = poll(&polls, nfds_t(polls.count), 10)
      for place in polls.indices where polls[place].revents != 0 {
        try listen(place)
        goOnIfDue(place)
      }
      // A look at all of them takes longer than most answers.
      guard now - lookedAt > 10_000_000 else { continue }
      lookedAt = now
      for place in writers.indices {
        repeatIfDue(place)
        goOnIfDue(place)
        if writers[place].isOver { polls[place].fd = -1 }
      }
      open = writers.count { !$0.isOver }
    }
    return outcome
  }

  private func id(_ writer: Writer) -> String { "\(name)-\(writer.room)-\(writer.said)" }

  private mutating func say(by place: Int, number: Int) {
    guard number <= messages else {
      writers[place].isOver = true
      return
    }
    writers[place].said = number
    writers[place].saidAt = nanoseconds()
    sayNow(place)
  }

  private mutating func sayNow(_ place: Int) {
    let id = id(writers[place])
    // Every fourth message has the model call a tool.
    let text = writers[place].said % 4 == 0 ? "\(id) and what now?" : "\(id) and so on"
    writers[place].again = nil
    send("say\t\(id)\t\(text)", by: place)
  }

  private mutating func repeatIfDue(_ place: Int) {
    if let again = writers[place].again, nanoseconds() >= again { sayNow(place) }
  }

  private mutating func goOnIfDue(_ place: Int) {
    guard let next = writers[place].next, nanoseconds() >= next else { return }
    writers[place].next = nil
    say(by: place, number: writers[place].said + 1)
  }

  private func send(_ line: String, by place: Int) {
    let bytes = Array((line + "\n").utf8)
    _ = cshims_send(writers[place].socket, bytes, 0, bytes.count)
  }

  private mutating func listen(_ place: Int) throws {
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = cshims_receive(writers[place].socket, &piece, piece.count)
    guard count > 0 else { throw BenchmarkFailure("\(name): room \(writers[place].room) closed") }
    writers[place].input += piece.prefix(Int(count))
    while let end = writers[place].input.firstIndex(of: 10) {
      let line = String(decoding: writers[place].input[..<end], as: UTF8.self)
      writers[place].input.removeFirst(end + 1)
      try hear(line.split(separator: "\t", omittingEmptySubsequences: false), place)
    }
  }

  private mutating func hear(_ words: [Substring], _ place: Int) throws {
    guard words.count >= 2, words[1].hasPrefix(name + "-") else { return }
    switch words[0] {
    case "reply" where words.count >= 6: answered(String(words[1]), notice: words[4], place)
    case "busy" where words.count >= 3:
      outcome.busy += 1
      writers[place].again = nanoseconds() + (UInt64(words[2]) ?? 100) * 1_000_000
    case "refused": throw BenchmarkFailure("\(name): \(words.joined(separator: " "))")
    default: break
    }
  }

  private mutating func answered(_ answer: String, notice: Substring, _ place: Int) {
    guard answers.insert(answer).inserted else {
      outcome.doubles += 1
      return
    }
    if notice == "1" { outcome.notices += 1 } else { outcome.answered += 1 }
    outcome.waits.append(milliseconds(since: writers[place].saidAt))
    if answer == id(writers[place]) { writers[place].next = nanoseconds() + pause }
  }
}

extension Writers.Outcome {
  /// As lines of a name and a number.
  var lines: [String] {
    [
      "answered \(answered)", "notices \(notices)", "doubles \(doubles)", "busy \(busy)",
    ] + waits.map { "wait \($0)" }
  }

  /// Adds what another process tells.
  mutating func add(_ lines: [String]) throws {
    for line in lines {
      let words = line.split(separator: " ")
      guard words.count == 2, let number = Double(words[1]) else {
        throw BenchmarkFailure("a writer says: \(line)")
      }
      switch words[0] {
      case "answered": answered += Int(number)
      case "notices": notices += Int(number)
      case "doubles": doubles += Int(number)
      case "busy": busy += Int(number)
      default: waits.append(number)
      }
    }
  }
}
