import Glibc
import HoldfastCore
import HoldfastThreads
import Testing

@testable import HoldfastPorts

/// Exactly one answer, whichever thread is first.
@Suite struct OperationTableTests {
  // Safe to share: `all` is touched only with the lock held.
  private final class Reports: @unchecked Sendable {
    private let lock = Monitor()
    private var all: [String] = []

    func add(_ report: PluginReport) {
      let text =
        switch report {
        case .answered(let id, let answer, let hasReturned):
          "answered \(id.value) \(answer.status.rawValue) \(hasReturned)"
        case .returned(let id): "returned \(id.value)"
        case .staleAnswer(let id): "stale \(id.value)"
        case .progress(let id): "progress \(id.value)"
        default: "other"
        }
      lock.withLock { all.append(text) }
    }

    var taken: [String] {
      lock.withLock {
        defer { all = [] }
        return all
      }
    }
  }

  private let reports = Reports()

  private func table() -> OperationTable { OperationTable { [reports] in reports.add($0) } }

  private func operation() -> Operation { Operation(isReading: false, expectation: .nothing) }

  @Test func aPendingOperationIsAnsweredLater() {
    let table = table()
    let id = OperationID(1)
    table.add(id, operation())
    #expect(table.complete(id, .ok, "") == .stale)
    #expect(table.begin(id) && table.wanted(id) == .ok)
    #expect(!table.finish(id, .pending, ""))
    #expect(reports.taken == ["stale 1"])
    #expect(table.complete(id, .ok, "") == .ok)
    #expect(table.complete(id, .ok, "") == .stale && table.wanted(id) == .stale)
    #expect(reports.taken == ["answered 1 0 true", "stale 1"])
  }

  @Test func aCallThatIsCancelledWhileItRunsIsToldWhenItTurnsOutPending() {
    let table = table()
    let id = OperationID(1)
    table.add(id, operation())
    #expect(table.begin(id))
    let cancelled = table.cancel(id)
    #expect(cancelled?.phase == .running && table.wanted(id) == .cancelled)
    #expect(table.finish(id, .pending, ""))
    #expect(reports.taken == ["returned 1"])
    table.remove(id)
    #expect(table.wanted(id) == .stale)
  }

  @Test func aCallThatAnsweredAfterItWasCancelledIsNotTold() {
    let table = table()
    let id = OperationID(1)
    table.add(id, operation())
    #expect(table.begin(id))
    _ = table.cancel(id)
    #expect(table.complete(id, .ok, "") == .stale)
    #expect(!table.finish(id, .pending, ""))
    #expect(reports.taken == ["stale 1", "returned 1"])
  }

  @Test func aCallThatReturnsAfterItWasCancelledHasNoAnswer() {
    let table = table()
    let id = OperationID(1)
    table.add(id, operation())
    #expect(table.begin(id))
    _ = table.cancel(id)
    #expect(table.cancel(id) == nil)
    #expect(!table.finish(id, .ok, ""))
    #expect(reports.taken == ["returned 1"])
  }

  /// Both threads answer; the return is never reported before the answer it belongs to.
  @Test func anAnswerThatRacesWithTheReturnIsReportedOnceAndFirst() {
    let table = table()
    for round in 1...2000 {
      let id = OperationID(UInt64(round))
      table.add(id, operation())
      #expect(table.begin(id))
      let other = Racer { _ = table.complete(id, .busy, "") }
      let told = table.finish(id, round % 2 == 0 ? .pending : .ok, "")
      other.join()
      #expect(!told && table.wanted(id) == .stale)
      let made = reports.taken
      let answers = made.filter { $0.hasPrefix("answered") }
      #expect(answers.count == 1)
      if let place = made.firstIndex(of: "returned \(round)") {
        #expect(made.firstIndex(of: "answered \(round) -4 false").map { $0 < place } == true)
      }
    }
  }
}

/// A second thread.
private final class Racer {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private var thread = pthread_t()

  init(_ run: @escaping @Sendable () -> Void) {
    pthread_create(
      &thread, nil,
      { @Sendable pointer in
        if let pointer { Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run() }
        return nil
      }, Unmanaged.passRetained(Body(run)).toOpaque())
  }

  func join() { pthread_join(thread, nil) }
}
