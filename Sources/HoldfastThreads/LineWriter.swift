internal import CShims
internal import Glibc

/// Writes lines to a descriptor whose reader may have stopped reading. Nobody waits for that: what
/// is not taken at once is written by a thread of its own, in order, as soon as it is read. Any
/// thread.
public final class LineWriter: @unchecked Sendable {
  // Safe: everything that changes is used under the monitor.
  private let file: Int32
  private let bound: Int
  private let notice: @Sendable (Int) -> String
  private let monitor = Monitor()
  private var backlog: [UInt8] = []
  private var lost = 0
  /// A thread writes what waits; until it has, nobody else may write.
  private var isLate = false

  /// For a descriptor that stays open. So many bytes wait at most; lines beyond that are lost, and
  /// `notice` is the line that tells how many those were, written when there is room again.
  public init(_ file: Int32, bound: Int = 1 << 20, notice: @escaping @Sendable (Int) -> String) {
    self.file = file
    self.bound = bound
    self.notice = notice
  }

  /// Writes a line, which ends with its newline. Does not wait.
  public func write(_ line: String) {
    monitor.withLock {
      guard !isLate else {
        guard lost == 0, backlog.count + line.utf8.count <= bound else {
          lost += 1
          return
        }
        backlog += line.utf8
        return
      }
      let bytes = Array(((lost > 0 ? notice(lost) : "") + line).utf8)
      switch take(bytes) {
      case .all: lost = 0
      case .none: lost += 1
      case .until(let place):
        lost = 0
        backlog = Array(bytes[place...])
        isLate = true
        NamedThread("hf-log", stackBytes: 128 * 1024) { [self] in catchUp() }.detach()
      }
    }
  }

  /// Returns when everything has been taken, or after so many nanoseconds.
  public func finish(within nanoseconds: UInt64) {
    let end = monotonicNanoseconds() + nanoseconds
    monitor.withLock {
      while isLate, monotonicNanoseconds() < end { monitor.wait(until: end) }
    }
  }

  /// What became of bytes that were to be written at once.
  private enum Taken {
    case all
    /// Those before this place; the rest has to wait for a reader.
    case until(Int)
    /// They cannot be written: the disk is full, or nobody will ever read.
    case none
  }

  private func take(_ bytes: [UInt8]) -> Taken {
    var place = 0
    while place < bytes.count {
      let count = bytes.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { cshims_write_now(file, $0 + place, bytes.count - place) } ?? 0
      }
      if count == -Int64(EAGAIN) { return .until(place) }
      if count <= 0 { return .none }
      place += Int(count)
    }
    return .all
  }

  /// The thread of what waits; it may wait as well.
  private func catchUp() {
    while let piece = next() {
      var place = 0
      while place < piece.count {
        let count = piece.withUnsafeBufferPointer { buffer in
          buffer.baseAddress.map { Glibc.write(file, $0 + place, piece.count - place) } ?? 0
        }
        if count > 0 {
          place += count
        } else if errno == EAGAIN {
          // Whoever shares the descriptor made it non-blocking.
          var entry = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
          poll(&entry, 1, -1)
        } else if errno != EINTR {
          break
        }
      }
    }
  }

  private static let pieceBytes = 65_536

  /// What is to be written next; nil if nothing is, and others may write again.
  private func next() -> [UInt8]? {
    monitor.withLock {
      if backlog.isEmpty, lost > 0 {
        backlog = Array(notice(lost).utf8)
        lost = 0
      }
      guard !backlog.isEmpty else {
        isLate = false
        monitor.wakeAll()
        return nil
      }
      let piece = Array(backlog.prefix(Self.pieceBytes))
      backlog.removeFirst(piece.count)
      return piece
    }
  }
}
