import CShims
import HoldfastCore
import HoldfastThreads

/// The operations of one port that are not over. Every answer passes here, so that exactly one
/// counts, whichever thread it comes from.
final class OperationTable: @unchecked Sendable {
  // Safe to share: `operations` is touched only with the lock held. Reports are made without it.
  private let lock = Monitor()
  private var operations: [OperationID: Operation] = [:]
  private let report: @Sendable (PluginReport) -> Void

  init(report: @escaping @Sendable (PluginReport) -> Void) { self.report = report }

  func add(_ id: OperationID, _ operation: Operation) {
    lock.withLock { operations[id] = operation }
  }

  /// Before its callback; false if the host has lost interest meanwhile.
  func begin(_ id: OperationID) -> Bool {
    lock.withLock {
      guard operations[id]?.phase == .queued else { return false }
      operations[id]?.phase = .running
      return true
    }
  }

  /// The plugin answers, from any thread.
  func complete(_ id: OperationID, _ status: PluginStatus, _ text: String) -> PluginStatus {
    let step: (answer: PluginAnswer, isRunning: Bool)? = lock.withLock {
      guard let operation = operations[id], operation.isOpen else {
        operations[id]?.hasRefusedAnswer = true
        return nil
      }
      let answer = operation.answer(status, text)
      let isRunning = operation.phase == .running
      if isRunning {
        operations[id]?.end = .answering
      } else {
        operations[id] = nil
      }
      return (answer, isRunning)
    }
    guard let step else {
      report(.staleAnswer(id))
      return .stale
    }
    report(.answered(id, step.answer, hasReturned: !step.isRunning))
    if step.isRunning { finishAnswering(id) }
    return .ok
  }

  /// The callback may have returned while its answer was being reported; its return is reported
  /// behind it.
  private func finishAnswering(_ id: OperationID) {
    let hasReturned = lock.withLock {
      guard operations[id]?.hasReturned == true else {
        operations[id]?.end = .answered
        return false
      }
      operations[id] = nil
      return true
    }
    if hasReturned { report(.returned(id)) }
  }

  /// The callback returned. True if the plugin now works on something that nobody wants, and is to
  /// be told so.
  func finish(_ id: OperationID, _ status: PluginStatus, _ explanation: String) -> Bool {
    let step: (report: PluginReport?, isCancel: Bool) = lock.withLock {
      guard let operation = operations[id] else { return (nil, false) }
      switch operation.end {
      case .open:
        if status == .pending {
          operations[id]?.phase = .pending
          return (nil, false)
        }
        operations[id] = nil
        return (.answered(id, operation.answer(status, explanation), hasReturned: true), false)
      case .answering:
        operations[id]?.hasReturned = true
        return (nil, false)
      case .answered:
        operations[id] = nil
        return (.returned(id), false)
      case .cancelled:
        let isWorking = status == .pending && !operation.hasRefusedAnswer
        // The entry stays until the plugin was told, so that `wanted` can say what happened.
        if isWorking { operations[id]?.phase = .pending } else { operations[id] = nil }
        return (.returned(id), isWorking)
      }
    }
    if let made = step.report { report(made) }
    return step.isCancel
  }

  /// The host has lost interest. Returns the operation as it was before; nil if it was over.
  func cancel(_ id: OperationID) -> Operation? {
    lock.withLock {
      guard let operation = operations[id], operation.end == .open else { return nil }
      if operation.phase == .queued {
        operations[id] = nil
      } else {
        operations[id]?.end = .cancelled
      }
      return operation
    }
  }

  /// Whether the plugin is to be told that the operation was cancelled.
  func isCancelled(_ id: OperationID) -> Bool {
    lock.withLock { operations[id]?.end == .cancelled }
  }

  func remove(_ id: OperationID) {
    lock.withLock { operations[id] = nil }
  }

  /// What `wanted` answers.
  func wanted(_ id: OperationID) -> PluginStatus {
    lock.withLock {
      guard let operation = operations[id] else { return .stale }
      if operation.end == .cancelled { return .cancelled }
      return operation.isOpen ? .ok : .stale
    }
  }

  /// Something that the plugin pushes before it answers; the operation says whether it takes it.
  func add(
    to id: OperationID, _ body: (inout Operation) -> PluginStatus
  ) -> PluginStatus {
    let status: PluginStatus = lock.withLock {
      guard let place = operations.index(forKey: id), operations.values[place].isOpen else {
        return .stale
      }
      return body(&operations.values[place])
    }
    if status == .stale { report(.staleAnswer(id)) }
    return status
  }

  func add(_ item: RecallItem, to id: OperationID) -> PluginStatus {
    add(to: id) { $0.add(item) }
  }

  /// The next piece of a model's answer, or of a tool's.
  func add(_ piece: UnsafeRawBufferPointer, to id: OperationID) -> PluginStatus {
    let now = cshims_monotonic_ns()
    let step = lock.withLock { operations[id]?.add(piece, at: now) ?? (.stale, false) }
    switch step.status {
    case .stale: report(.staleAnswer(id))
    case .tooLarge: _ = complete(id, .tooLarge, tooLargeText(of: id))
    default: if step.isDue { report(.progress(id)) }
    }
    return step.status
  }

  /// What an answer of the operation that is over its limit is answered with.
  func tooLargeText(of id: OperationID) -> String {
    lock.withLock { operations[id]?.tooLargeText } ?? "the answer is too large"
  }
}
