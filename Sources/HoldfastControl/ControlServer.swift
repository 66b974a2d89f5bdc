internal import CShims
internal import Glibc
public import HoldfastCore
internal import HoldfastThreads
internal import Synchronization

/// Answers the command line on a Unix socket: one thread, many clients.
///
/// A client may send several requests at once; each answer carries its request's number and may
/// overtake others. Only programs of the same user and of root are answered.
public final class ControlServer: Sendable {
  /// Gives the one answer to a request, from any thread; later ones are ignored.
  public typealias Reply = @Sendable (ControlAnswer) -> Void
  /// Called on the server's thread for each request; must not wait for anything.
  public typealias Handler = @Sendable (ControlRequest, _ reply: @escaping Reply) -> Void
  /// Called on the server's thread when a client is gone that waits for an answer.
  public typealias Withdrawal = @Sendable () -> Void
  /// As `Handler`; gives what is to be called if the client is gone before the answer.
  public typealias WithdrawableHandler =
    @Sendable (ControlRequest, _ reply: @escaping Reply) -> Withdrawal?

  static let maxClients = 64

  private struct Shared {
    var answers: [ControlReply] = []
    var isStopping = false
    var thread: NamedThread?
  }

  private let path: String
  private let waker: Descriptor
  private let shared = Mutex(Shared())

  /// Listens at `path`, in a folder that is private to the user (see `HostPaths.makeFolders`), and
  /// begins to answer. Throws a sentence if somebody else listens there or the path cannot be used.
  /// Requests for events are answered from `feed`, which serves one server; without one the handler
  /// gets them too.
  public convenience init(
    path: String, feed: EventFeed? = nil, handler: @escaping Handler
  ) throws(ControlFailure) {
    try self.init(
      asking: { request, reply in
        handler(request, reply)
        return nil
      }, path: path, feed: feed)
  }

  /// The same with a handler that hears of clients that are gone.
  public init(
    asking handler: @escaping WithdrawableHandler, path: String, feed: EventFeed? = nil
  ) throws(ControlFailure) {
    self.path = path
    let listener = cshims_unix_listen(path, 64)
    guard listener >= 0 else { throw Self.failure(at: path, -listener) }
    let owned = Descriptor(listener)
    let wakerNumber = cshims_waker()
    guard wakerNumber >= 0 else { throw Self.failure(at: path, -wakerNumber) }
    waker = Descriptor(wakerNumber)
    feed?.tellOfNews { [waker] in cshims_wake(waker.number) }
    let loop = ControlLoop(
      listener: owned, waker: waker, handler: handler, server: self, feed: feed)
    let thread = NamedThread("hf-control", stackBytes: 1 << 20) { loop.run() }
    shared.withLock { $0.thread = thread }
  }

  private static func failure(at path: String, _ number: Int32) -> ControlFailure {
    switch number {
    case EADDRINUSE: .broken("another host already listens at \(path)")
    case EEXIST: .broken("\(path) is in the way and is no socket; move it away")
    default: .broken("cannot listen at \(path): \(systemReason(number))")
    }
  }

  /// Takes no more requests, sends the answers that were given within half a second, removes the
  /// socket and ends the thread. Not from a handler. The second call does nothing.
  public func stop() {
    let thread = shared.withLock { shared in
      defer { shared.thread = nil }
      shared.isStopping = true
      return shared.thread
    }
    guard let thread else { return }
    cshims_wake(waker.number)
    thread.join()
    unlink(path)
  }

  /// Hands an answer to the thread.
  func post(_ reply: ControlReply) {
    shared.withLock { $0.answers.append(reply) }
    cshims_wake(waker.number)
  }

  /// What was posted since, and whether to end.
  func collect() -> (answers: [ControlReply], isStopping: Bool) {
    shared.withLock { shared in
      defer { shared.answers = [] }
      return (shared.answers, shared.isStopping)
    }
  }
}

/// An answer on its way to the server's thread.
struct ControlReply: Sendable {
  var client: UInt64
  /// The server's own number for the request, since clients may use theirs twice.
  var serial: UInt64
  /// The client's number for it.
  var id: UInt64
  var answer: ControlAnswer
}
