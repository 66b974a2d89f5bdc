import HoldfastCore
import HoldfastThreads

/// Where the calls of each session run, for a plugin that takes several sessions at once. While
/// anything of a session waits or runs, all of it goes to one lane, so that it stays in order and
/// one at a time; a session of which there is nothing takes the lane with the least to do.
final class SessionSeats: @unchecked Sendable {
  // Safe to share: everything mutable is touched only with the lock held.
  private let lock = Monitor()
  private var open: [LaneThread] = []
  private var loads: [Int] = []
  private var seats: [UInt64: (lane: Int, calls: Int)] = [:]
  /// Numbers of events that are not handled yet, ascending.
  private var outstanding: [UInt64] = []
  private var last: UInt64 = 0
  private var answersLater = false

  /// The threads, in no particular use.
  var lanes: [LaneThread] { lock.withLock { open } }

  /// Gives it its threads, once and before anything is seated.
  func open(_ lanes: [LaneThread]) {
    lock.withLock {
      open = lanes
      loads = lanes.map { _ in 0 }
    }
  }

  /// The lane for one more call of the session; nil for session 0, which is none, and without
  /// lanes.
  func take(_ session: UInt64) -> LaneThread? {
    lock.withLock {
      guard session != 0, !open.isEmpty else { return nil }
      let idlest = loads.indices.min { loads[$0] < loads[$1] } ?? 0
      var seat = seats[session] ?? (lane: idlest, calls: 0)
      seat.calls += 1
      seats[session] = seat
      loads[seat.lane] += 1
      return open[seat.lane]
    }
  }

  /// One call of the session came to its end.
  func leave(_ session: UInt64) {
    lock.withLock {
      guard var seat = seats[session] else { return }
      seat.calls -= 1
      loads[seat.lane] -= 1
      seats[session] = seat.calls == 0 ? nil : seat
    }
  }

  /// A batch's callback returned. A plugin that leaves its answer pending holds no thread
  /// meanwhile, and gets batches of more sessions; one that answers within the callback gets as
  /// many as there are threads, since a batch that waits for a thread has its deadline running.
  /// `report` is given the number when it changes, under the lock: the last report is to be the
  /// last thing that was seen.
  func returned(isPending: Bool, report: (Int) -> Void) {
    lock.withLock {
      guard answersLater != isPending else { return }
      answersLater = isPending
      report(isPending ? PortLimits.pendingSessions : PortLimits.sessions)
    }
  }

  /// An event is about to wait on some lane; numbers increase.
  func submitted(_ number: UInt64) {
    lock.withLock {
      outstanding.append(number)
      last = max(last, number)
    }
  }

  /// An event was handled. Returns the number through which all are.
  func handled(_ number: UInt64) -> UInt64 {
    lock.withLock {
      if let place = outstanding.firstIndex(of: number) { outstanding.remove(at: place) }
      return outstanding.first.map { $0 - 1 } ?? last
    }
  }
}
