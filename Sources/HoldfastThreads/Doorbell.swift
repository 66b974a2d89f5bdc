internal import CShims

/// Where one thread sleeps until another has work for it, without a lock.
public final class Doorbell: @unchecked Sendable {
  // Safe to share: only the C functions touch it, with atomic operations, and it never moves.
  private let bell: UnsafeMutablePointer<cshims_doorbell_t>

  /// A bell that nobody has rung.
  public init() {
    bell = .allocate(capacity: 1)
    bell.initialize(to: cshims_doorbell_t())
  }

  deinit { bell.deallocate() }

  /// To be read before looking for work: `wait` returns at once if the bell was rung since.
  public var rings: UInt32 { cshims_doorbell_rings(bell) }

  /// Wakes the thread that waits; from any thread.
  public func ring() { cshims_doorbell_ring(bell) }

  /// Waits on the one thread that may; looks `spins` times for a ring before it sleeps.
  public func wait(since seen: UInt32, spins: UInt32) { cshims_doorbell_wait(bell, seen, spins) }
}
