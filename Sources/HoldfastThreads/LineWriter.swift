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
    let bytes = Array(line.utf8)
    monitor.withLock {
      if isLate {
        guard lost == 0, backlog.count + bytes.count <= bound else {
          lost += 1
          return
        }
        backlog += bytes
        return
      }
      let taken = take(bytes)
      guard taken < bytes.count else { return }
      backlog = Array(bytes[taken...])
      isLate = true
      NamedThread("hf-log", stackBytes: 128 * 1024) { [self] in catchUp() }.detach()
    }
  }

  /// Returns when everything has been taken, or after so many nanoseconds.
  public func finish(within nanoseconds: UInt64) {
    let end = monotonicNanoseconds() + nanoseconds
    monitor.withLock {
      while isLate, monotonicNanoseconds() < end { monitor.wait(until: end) }
    }
  }

  /// How many bytes were taken at once; all of them if nobody will ever read.
  private func take(_ bytes: [UInt8]) -> Int {
    var taken = 0
    while taken < bytes.count {
      let count = bytes.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { cshims_write_now(file, $0 + taken, bytes.count - taken) } ?? 0
      }
      if count == -Int64(EAGAIN) { return taken }
      if count <= 0 { return bytes.count }
      taken += Int(count)
    }
    return taken
  }

  private func catchUp() {
    while let piece = next() {
      var rest = piece
      while !rest.isEmpty {
        let taken = take(rest)
        rest.removeFirst(taken)
        guard !rest.isEmpty else { break }
        var entry = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
        poll(&entry, 1, -1)
      }
    }
  }

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
      defer { backlog = [] }
      return backlog
    }
  }
}
