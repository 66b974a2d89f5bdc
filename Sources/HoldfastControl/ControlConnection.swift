internal import CShims
internal import Glibc

/// One client of the control socket, as its server's thread sees it.
struct ControlConnection {
  /// Requests of one client that may be without an answer; more wait in the socket.
  static let maxOutstanding = 32
  /// A client that does not read its answers is not read from either.
  static let pauseBytes = 1_048_576

  /// Events for one that has not read this much wait in its queue, where they are counted.
  static let followingBytes = 65_536

  /// A request that is answered with events.
  struct Following {
    /// The client's own number for it.
    var id: UInt64
    /// The feed's number for its queue.
    var queue: UInt64
    /// Whether it goes on when the queue is empty.
    var follows: Bool
  }

  let descriptor: Descriptor
  private(set) var input = LineBuffer(limit: ControlCodec.maxRequestBytes)
  private var output: [UInt8] = []
  private var sent = 0
  /// Requests without an answer, with what is to be called if the client is gone first.
  private var outstanding: [UInt64: ControlServer.Withdrawal?] = [:]
  /// What it follows, nil if nothing.
  var following: Following?
  /// The client will say no more, but may still listen.
  private(set) var isFinished = false
  private(set) var isBroken = false

  init(_ descriptor: Descriptor) { self.descriptor = descriptor }

  /// Bytes that wait to be sent.
  var waiting: Int { output.count - sent }
  /// Whether more of what the client says may be looked at now.
  var mayListen: Bool {
    outstanding.count < Self.maxOutstanding && waiting < Self.pauseBytes
  }
  /// Nothing more can come of this client.
  var isOver: Bool {
    isBroken || (isFinished && outstanding.isEmpty && waiting == 0 && following == nil)
  }
  /// What to wait for.
  var events: Int16 {
    Int16((mayListen && !isFinished ? POLLIN : 0) | (waiting > 0 ? POLLOUT : 0))
  }

  /// Reads once what there is.
  mutating func read() {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = cshims_receive(descriptor.number, &bytes, bytes.count)
    if count > 0 {
      input.append(bytes.prefix(Int(count)))
    } else if count == 0 {
      isFinished = true
    } else if count != -Int64(EAGAIN), count != -Int64(EINTR) {
      isBroken = true
    }
  }

  /// The other side is gone altogether. What it said before is still listened to.
  mutating func hangUp() { isBroken = true }

  /// The next line, when one is complete and an answer to it would find room.
  mutating func nextPiece() -> LineBuffer.Piece? { mayListen ? input.next() : nil }

  /// Remembers that an answer is owed.
  mutating func expect(_ serial: UInt64, _ withdrawal: ControlServer.Withdrawal?) {
    outstanding.updateValue(withdrawal, forKey: serial)
  }

  /// Nobody waits any more for what is owed.
  func withdraw() {
    for serial in outstanding.keys.sorted() { (outstanding[serial] ?? nil)?() }
  }

  /// Puts an answer into the queue, unless it was answered before.
  mutating func answer(_ serial: UInt64, with line: [UInt8]) {
    if outstanding.removeValue(forKey: serial) != nil { say(line) }
  }

  /// Puts a line into the queue.
  mutating func say(_ line: [UInt8]) {
    if sent == output.count {
      output = line
      sent = 0
    } else {
      output += line
    }
    output.append(0x0A)
    flush()
  }

  /// Sends what the socket takes now.
  mutating func flush() {
    while waiting > 0, !isBroken {
      let count = cshims_send(descriptor.number, output, sent, waiting)
      if count >= 0 {
        sent += Int(count)
      } else {
        isBroken = count != -Int64(EAGAIN) && count != -Int64(EINTR)
        return
      }
    }
    if !output.isEmpty, waiting == 0 {
      output = []
      sent = 0
    }
  }
}
