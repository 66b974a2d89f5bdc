/// A memory provider that answers later, from threads of its own. Its functions are to return at
/// once: they only take the request and the `Answer`, which they keep until the work is done.
///
/// With `Concurrency.session` they are called for several sessions at a time.
public protocol AsynchronousMemoryProvider: Plugin {
  /// Stores the batch, durably, all or nothing. A key that was stored before stores nothing.
  func retain(_ batch: RetainBatch, _ answer: consuming Answer)

  /// Removes turns and whatever was derived from them alone; one that is not there counts as
  /// removed.
  func withdraw(_ withdrawal: Withdrawal, _ answer: consuming Answer)

  /// Finds memories of the request's scope and gives them to the answer, best first.
  func recall(_ request: RecallRequest, _ answer: consuming Answer)

  /// The same for what is likely to be asked next.
  func prefetch(_ request: RecallRequest, _ answer: consuming Answer)

  /// Nobody waits for the answer of this operation any more: it is to be abandoned, and the work
  /// with it where that is safe.
  func cancel(_ operation: UInt64)
}

extension AsynchronousMemoryProvider {
  /// Recalls.
  public func prefetch(_ request: RecallRequest, _ answer: consuming Answer) {
    recall(request, answer)
  }
}

/// The one answer to one call. It cannot be copied and every way to give it uses it up, so that the
/// compiler refuses a second one. One that is forgotten tells the host that the outcome is unknown.
public struct Answer: ~Copyable, Sendable {
  /// What `cancel` names.
  public let operation: UInt64
  let host: PluginHost
  private var isOpen = true

  init(_ host: PluginHost, _ operation: UInt64) {
    self.host = host
    self.operation = operation
  }

  /// Gives one result of a recall.
  /// - Returns: `.ok`; `.stale` when none is wanted any more; another failure if it is dropped.
  @discardableResult
  public borrowing func give(_ item: RecalledItem) -> Status { host.give(item, to: operation) }

  /// The work is done.
  public consuming func succeed() {
    isOpen = false
    host.complete(operation, .ok)
  }

  /// The work is not done, or nobody knows.
  public consuming func fail(_ error: PluginError) {
    isOpen = false
    host.complete(operation, error.status, error.reason)
  }

  /// Says nothing, since the host has said that it does not wait any more.
  public consuming func abandon() { isOpen = false }

  deinit {
    if isOpen { host.complete(operation, .unknown, "the plugin gave no answer") }
  }
}
