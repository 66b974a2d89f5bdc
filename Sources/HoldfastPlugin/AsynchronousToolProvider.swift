/// Offers functions that a model may call, and answers later, from threads of its own.
///
/// Whoever also remembers conforms to `AsynchronousMemoryProvider` as well; `cancel` is for both.
public protocol AsynchronousToolProvider: Plugin {
  /// The tools of now; after `PluginHost.toolsChanged` the host asks again.
  func tools() throws -> [Tool]

  /// Takes one call, and returns at once. The arguments have what the tool's schema requires, and
  /// the host never makes the same call twice. The result is text for the model, given to the
  /// answer before it succeeds; the reason of a failure is read by the model.
  func call(_ call: ToolCall, _ answer: consuming Answer)

  /// Nobody waits for the answer of this operation any more.
  func cancel(_ operation: UInt64)
}

extension Answer {
  /// Gives the result of a call of a tool, at most 256 KiB, or the next piece of it.
  /// - Returns: `.ok`; `.stale` when it is not wanted any more; `.tooLarge` if it is over the
  ///   limit, and the call has then failed.
  @discardableResult
  public borrowing func give(result: String) -> Status { host.give(result: result, to: operation) }
}
