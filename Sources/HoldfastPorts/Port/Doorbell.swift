import CShims

/// Where one thread sleeps until another has work for it.
final class Doorbell: @unchecked Sendable {
  // Safe to share: only the C functions touch it, with atomic operations, and it never moves.
  private let bell: UnsafeMutablePointer<cshims_doorbell_t>

  init() {
    bell = .allocate(capacity: 1)
    bell.initialize(to: cshims_doorbell_t())
  }

  deinit { bell.deallocate() }

  /// To be read before looking for work: `wait` returns at once if the bell was rung since.
  var rings: UInt32 { cshims_doorbell_rings(bell) }

  func ring() { cshims_doorbell_ring(bell) }

  func wait(since seen: UInt32, spins: UInt32) { cshims_doorbell_wait(bell, seen, spins) }
}
