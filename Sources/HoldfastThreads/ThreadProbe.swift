internal import Synchronization

/// A question to a thread: how long does it take until you come to what is handed to you? One is
/// out at a time. The thread that is asked only looks whether there is one, without a lock.
public final class ThreadProbe: Sendable {
  /// When it was sent, 0 while none is out.
  private let sent = Atomic<UInt64>(0)
  /// How long the last one took and 1, 0 if that was taken.
  private let taken = Atomic<UInt64>(0)
  /// How often the thread had something to do; only that thread writes it.
  private let rounds = Atomic<UInt64>(0)

  /// A probe that nobody has sent.
  public init() {}

  /// When the one that is out was sent, by the monotonic clock in nanoseconds; nil if none is out.
  public var outSince: UInt64? {
    let time = sent.load(ordering: .relaxed)
    return time == 0 ? nil : time
  }

  /// Sends one, unless one is out; the caller then sees to it that the thread is awake.
  public func send(at nanoseconds: UInt64) {
    _ = sent.compareExchange(expected: 0, desired: max(1, nanoseconds), ordering: .releasing)
  }

  /// Calls back the one that is out.
  public func withdraw() { sent.store(0, ordering: .relaxed) }

  /// The thread has come to it; from that thread only.
  @inline(__always)
  public func answer() {
    if sent.load(ordering: .relaxed) != 0 { answerNow() }
  }

  private func answerNow() {
    let time = sent.exchange(0, ordering: .acquiring)
    let now = monotonicNanoseconds()
    if time != 0 { taken.store(max(now, time) - time + 1, ordering: .relaxed) }
  }

  /// How long the last one took in nanoseconds, once.
  public func take() -> UInt64? {
    let value = taken.exchange(0, ordering: .relaxed)
    return value == 0 ? nil : value - 1
  }

  /// The thread has something to do; from that thread only.
  @inline(__always)
  public func noteRound() {
    rounds.store(rounds.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }

  /// Changes whenever the thread had something to do.
  public var activity: UInt64 { rounds.load(ordering: .relaxed) }
}

/// A thread that takes what is handed to it in order, and may be asked how long that takes.
public protocol Probed: AnyObject, Sendable {
  /// The question.
  var probe: ThreadProbe { get }
  /// Sends it, behind what is there, and wakes the thread; from any thread, and never waits.
  func sendProbe(at nanoseconds: UInt64)
}
