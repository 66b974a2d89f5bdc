public import CHoldfast
internal import CHindsight
internal import HoldfastPlugin

/// Memories in the banks of a Hindsight API server.
///
/// A call is handed to the loop's thread and answered from there, so that any number of sessions
/// may be under way and none of them has a thread.
final class Hindsight: AsynchronousMemoryProvider, AsynchronousToolProvider {
  private let loop: Loop
  private let server: Server

  init(host: PluginHost, configuration: Configuration) throws {
    let settings = try Settings(json: configuration.json)
    loop = try Loop(host: host, settings: settings, name: "hf-\(configuration.instance)-io")
    server = Server(settings: settings, loop: loop)
  }

  func retain(_ batch: RetainBatch, _ answer: consuming Answer) {
    begin(RetainJob(server, batch, answer))
  }

  func withdraw(_ withdrawal: Withdrawal, _ answer: consuming Answer) {
    begin(WithdrawJob(server, withdrawal, answer))
  }

  func recall(_ request: RecallRequest, _ answer: consuming Answer) {
    begin(RecallJob(server, request, answer))
  }

  func prefetch(_ request: RecallRequest, _ answer: consuming Answer) {
    begin(PrefetchJob(server, request, answer))
  }

  func tools() -> [Tool] { HindsightTool.allCases.map(\.tool) }

  func call(_ call: ToolCall, _ answer: consuming Answer) {
    switch HindsightTool(rawValue: call.name) {
    case .retain: begin(RememberJob(server, call, answer))
    case .recall: begin(LookUpJob(server, call, answer))
    case .reflect: begin(ReflectJob(server, call, answer))
    case nil: answer.fail(PluginError(.failed, "there is no tool \(call.name)"))
    }
  }

  func cancel(_ operation: UInt64) {
    loop.post { [server] in server.cancel(operation) }
  }

  private func begin(_ job: sending Job) {
    loop.post { [server] in server.begin(job) }
  }

  func stop() {
    loop.post { [server] in server.abandonAll() }
    loop.stop()
  }
}

private let table = PluginTable(
  Hindsight.self, events: .prefetchRequested, concurrency: .session)

/// The entry that the host looks for.
@c(hf_plugin_main) @implementation
public func hf_plugin_main(_ host: UnsafePointer<hf_host_t>) -> UnsafePointer<hf_plugin_t>? {
  table.address
}
