import CTestVFS
import Glibc
import HoldfastCore
import HoldfastThreads
import Synchronization
import Testing

@testable import HoldfastJournal

/// Hears from a journal and lets a test wait for what it is to hear.
final class JournalProbe: JournalHandler, @unchecked Sendable {
  // Safe: everything is used under the monitor's lock.
  struct Heard {
    var committed: TransactionID = 0
    var refused: [TransactionID] = []
    var refusals: [JournalRefusal] = []
    var answers: [ReadID: JournalAnswer] = [:]
    var stalls: [String] = []
    var resumptions = 0
    /// What was said of a log that cannot be moved; nil: it can again.
    var logFaults: [String?] = []
    var failures: [String] = []
    /// Number of groups, by the reports of them.
    var groups = 0
  }

  private let monitor = Monitor()
  private var heard = Heard()
  private var lastRead: ReadID = 0

  func committed(through transaction: TransactionID) {
    note {
      #expect(transaction > $0.committed)
      $0.committed = transaction
      $0.groups += 1
    }
  }

  func refused(_ transaction: TransactionID, _ refusal: JournalRefusal) {
    note {
      #expect(transaction > $0.committed)
      $0.refused.append(transaction)
      $0.refusals.append(refusal)
    }
  }

  func answered(_ read: ReadID, _ answer: JournalAnswer) { note { $0.answers[read] = answer } }
  func stalled(_ reason: String) { note { $0.stalls.append(reason) } }
  func logGrows(_ reason: String?) { note { $0.logFaults.append(reason) } }
  func resumed() { note { $0.resumptions += 1 } }
  func failed(_ reason: String) { note { $0.failures.append(reason) } }

  private func note(_ body: (inout Heard) -> Void) {
    monitor.withLock { body(&heard) }
    monitor.wakeAll()
  }

  /// What was heard so far.
  var state: Heard { monitor.withLock { heard } }

  /// Waits until something was heard; a minute is a failure.
  @discardableResult
  func wait(
    _ what: String, _ location: SourceLocation = #_sourceLocation,
    until condition: (Heard) -> Bool
  ) -> Heard {
    let end = monotonicNanoseconds() + 60_000_000_000
    monitor.lock()
    defer { monitor.unlock() }
    while !condition(heard) {
      if monotonicNanoseconds() > end {
        Issue.record("not heard: \(what)", sourceLocation: location)
        break
      }
      monitor.wait(until: end)
    }
    return heard
  }

  /// Asks and waits for the answer, unless none is expected.
  func ask(
    _ journal: Journal, _ query: JournalQuery, isExpected: Bool = true,
    _ location: SourceLocation = #_sourceLocation
  ) -> JournalAnswer? {
    let id = monitor.withLock {
      lastRead += 1
      return lastRead
    }
    journal.ask(query, id: id)
    if isExpected { wait("answer to \(query)", location) { $0.answers[id] != nil } }
    return monitor.withLock { heard.answers.removeValue(forKey: id) }
  }
}

/// A file layer of a test's own, since tests run side by side.
struct FileLayer: Sendable {
  private static let count = Atomic(0)
  let name: String

  init() {
    name = "layer-\(Self.count.wrappingAdd(1, ordering: .relaxed).newValue)"
    let status = ctestvfs_register(name)
    precondition(status == 0, "no file layer: \(status)")
  }
}

/// A folder that is gone when the test is over.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/holdfast-journal-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      if let characters = buffer.baseAddress { _ = mkdtemp(characters) }
      return String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  deinit {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  var journal: String { "\(path)/journal.sqlite" }

  /// Files in it.
  var names: [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
