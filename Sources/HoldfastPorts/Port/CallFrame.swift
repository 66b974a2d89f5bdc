import CShims
import Glibc
import HoldfastCore
import Synchronization

/// The calls of the header, by the names that people and crash records know them by, and `load`,
/// which runs the constructors of a library.
enum CallName: Int, CaseIterable, CustomStringConvertible {
  case entry, create, query, event, retain, withdraw, recall, instructions, start, stop, send
  case receipt, respond, tools, tool, cancel, destroy, load

  init(_ call: PluginCall) {
    switch call {
    case .retain: self = .retain
    case .withdraw: self = .withdraw
    case .recall: self = .recall
    case .instructions: self = .instructions
    case .startChannel: self = .start
    case .stopChannel: self = .stop
    case .send: self = .send
    case .respond: self = .respond
    case .listTools: self = .tools
    case .callTool: self = .tool
    }
  }

  var description: String {
    switch self {
    case .entry: "hf_plugin_main"
    case .create: "create"
    case .query: "query"
    case .event: "event"
    case .retain: "retain"
    case .withdraw: "withdraw"
    case .recall: "recall"
    case .instructions: "instructions"
    case .start: "start"
    case .stop: "stop"
    case .send: "send"
    case .receipt: "receipt"
    case .respond: "respond"
    case .tools: "tools.list"
    case .tool: "tools.call"
    case .cancel: "on_cancel"
    case .destroy: "destroy"
    case .load: "load"
    }
  }

  /// The name for the crash handler, valid for ever.
  var pointer: UnsafePointer<CChar> { Self.pointers[rawValue] }

  // Safe: written once, before anyone reads it, and never freed.
  nonisolated(unsafe) private static let pointers = allCases.map { permanent($0.description) }
}

/// A C string that is never freed: a crash handler may read it at any time.
func permanent(_ text: String) -> UnsafePointer<CChar> {
  let bytes = Array(text.utf8) + [0]
  let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
  for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
  return UnsafePointer(copy)
}

/// What one thread of a plugin is in the middle of. The thread itself writes it, others may look.
final class CallFrame: @unchecked Sendable {
  // Safe to share: `explanation` and `isInCall` belong to the thread alone; the rest is atomic.
  let bridge: HostBridge
  private let instance: UnsafePointer<CChar>
  private let call = Atomic<Int>(-1)
  private let since = Atomic<UInt64>(0)
  /// The session's id in two halves; 0 for none.
  private let sessionHigh = Atomic<UInt64>(0)
  private let sessionLow = Atomic<UInt64>(0)
  /// Calls that have returned: tells whoever looks that what it read belongs together.
  private let returns = Atomic<UInt64>(0)
  private var isInCall = false
  private var explanation = ""

  /// `instance` is valid for ever.
  init(bridge: HostBridge, instance: UnsafePointer<CChar>) {
    self.bridge = bridge
    self.instance = instance
  }

  /// The frame of the calling thread, if it is one of a plugin's.
  static var current: CallFrame? {
    guard let pointer = cshims_thread_frame() else { return nil }
    return Unmanaged<CallFrame>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Makes this the frame of the calling thread, until `detach`.
  func attach() { cshims_thread_set_frame(Unmanaged.passUnretained(self).toOpaque()) }

  func detach() { cshims_thread_set_frame(nil) }

  @inline(__always)
  func enter(_ name: CallName, session: CallText = CallText(), _ sessionValue: UInt128 = 0) {
    cshims_breadcrumb_set(instance, name.pointer, session.start, session.length)
    sessionHigh.store(UInt64(truncatingIfNeeded: sessionValue >> 64), ordering: .releasing)
    sessionLow.store(UInt64(truncatingIfNeeded: sessionValue), ordering: .releasing)
    since.store(cshims_monotonic_coarse_ns(), ordering: .releasing)
    call.store(name.rawValue, ordering: .releasing)
    if !explanation.isEmpty { explanation = "" }
    isInCall = true
  }

  @inline(__always)
  func leave() {
    isInCall = false
    call.store(-1, ordering: .relaxed)
    returns.store(returns.load(ordering: .relaxed) &+ 1, ordering: .releasing)
    cshims_breadcrumb_clear()
  }

  /// Keeps why the call in progress fails; false if there is none.
  func explain(_ text: String) -> Bool {
    guard isInCall else { return false }
    explanation = text
    return true
  }

  /// What the last call said about its failure; asked for once, after every call that may fail.
  func takeExplanation() -> String {
    if explanation.isEmpty { return "" }
    defer { explanation = "" }
    return explanation
  }

  /// The call in progress, from any thread. What is read while a call returns and the next begins
  /// does not belong together, and is read again.
  var occupancy: PortOccupancy? {
    for _ in 0..<4 {
      let before = returns.load(ordering: .acquiring)
      guard let name = CallName(rawValue: call.load(ordering: .acquiring)) else { return nil }
      let began = Instant(nanoseconds: since.load(ordering: .acquiring))
      let high = sessionHigh.load(ordering: .acquiring)
      let low = sessionLow.load(ordering: .acquiring)
      guard returns.load(ordering: .relaxed) == before else { continue }
      var occupancy = PortOccupancy(call: name.description, since: began)
      let value = UInt128(high) << 64 | UInt128(low)
      if value != 0 { occupancy.session = SessionID(value: value) }
      return occupancy
    }
    return nil
  }
}

/// Bytes that live as long as the call.
struct CallText {
  var start: UnsafePointer<CChar>?
  var length: UInt64 = 0
}
