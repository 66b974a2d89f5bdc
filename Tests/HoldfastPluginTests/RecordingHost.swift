import CHoldfast
import Synchronization

@testable import HoldfastPlugin

/// A host that writes down what a plugin answers. Its tables stay for the life of the process.
final class RecordingHost: @unchecked Sendable {
  // Safe: the table is constant once it is made, the answers are guarded by their lock.

  struct Answer: Equatable {
    var operation: UInt64
    var status: Int32
    var text: String
  }

  let table = UnsafeMutablePointer<hf_host_t>.allocate(capacity: 1)
  private let memory = UnsafeMutablePointer<hf_host_memory_t>.allocate(capacity: 1)
  private let recorded = Mutex<(answers: [Answer], items: [String])>(([], []))

  var answers: [Answer] { recorded.withLock { $0.answers } }
  var items: [String] { recorded.withLock { $0.items } }
  var host: PluginHost { PluginHost(table) }

  private static func of(_ context: UnsafeMutableRawPointer?) -> RecordingHost? {
    context.map { Unmanaged<RecordingHost>.fromOpaque($0).takeUnretainedValue() }
  }

  init() {
    memory.initialize(
      to: hf_host_memory_t(
        size: UInt32(MemoryLayout<hf_host_memory_t>.size), reserved0: 0,
        recall_item: { @Sendable context, _, item in
          let text = string(item.pointee.text)
          RecordingHost.of(context)?.recorded.withLock { $0.items.append(text) }
          return HF_OK
        }, reserved_functions: (nil, nil, nil, nil, nil, nil, nil, nil), reserved: (0, 0, 0, 0)))
    table.initialize(
      to: hf_host_t(
        size: UInt32(MemoryLayout<hf_host_t>.size), abi_major: 1, abi_minor: 0, reserved0: 0,
        ctx: nil,
        complete: { @Sendable context, operation, status, text in
          let answer = Answer(operation: operation, status: status, text: string(text))
          RecordingHost.of(context)?.recorded.withLock { $0.answers.append(answer) }
          return HF_OK
        }, wanted: { @Sendable _, _ in HF_OK }, explain: { @Sendable _, _ in HF_OK },
        log: { @Sendable _, _, _ in HF_OK }, now_ns: { @Sendable _ in 0 },
        service: { @Sendable context, id in
          guard string(id) == HF_HOST_MEMORY_ID else { return nil }
          return RecordingHost.of(context).map { UnsafeRawPointer($0.memory) }
        }, reserved_functions: (nil, nil, nil, nil, nil, nil, nil, nil), reserved: (0, 0, 0, 0)))
    table.pointee.ctx = Unmanaged.passRetained(self).toOpaque()
  }
}
