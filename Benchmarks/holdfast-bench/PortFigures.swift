import Glibc
import HoldfastCore
import HoldfastPorts
import Synchronization

/// What handing events to a plugin in C costs. The plugin is `counter`, one of the test plugins: it
/// counts what it gets and writes down how long each event was on its way.
struct PortFigures {
  /// Percentiles of the hand-off, in nanoseconds.
  struct Handoff {
    var p50: UInt64
    var p90: UInt64
    var p99: UInt64
    var p999: UInt64
  }

  /// Why there are no figures.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static let pause: UInt32 = 100
  private let plugin: String
  private let folder: String

  /// `plugin` is the path of `counter.so`; `folder` is for the host's state and is not removed.
  init(plugin: String, folder: String) {
    self.plugin = plugin
    self.folder = folder
  }

  /// Unjournalled events per second, from the call of `deliver` until the plugin has handled them,
  /// with at most `window` unhandled at a time.
  func eventsPerSecond(count: UInt64 = 2_000_000, window: UInt64 = 1024) throws -> Double {
    let (port, ear) = try start("burst")
    var event = BusEvent(kind: .turnCompleted, context: Self.context)
    event.userText = String(repeating: "q", count: 80)
    event.answerText = String(repeating: "a", count: 160)
    let began = ContinuousClock.now
    for number in 1...count {
      if number > window { ear.wait(through: number - window) }
      port.deliver(event, number: number)
    }
    ear.wait(through: count)
    let elapsed = ContinuousClock.now - began
    port.destroy()
    ear.waitForEnd()
    return Double(count) / (Double(elapsed.nanoseconds) / 1e9)
  }

  /// Time from `deliver` until the plugin's callback runs, with a pause between two events that
  /// lets its thread fall asleep.
  func handoff(count: Int = 20_000) throws -> Handoff {
    let (port, ear) = try start("handoff")
    var event = BusEvent(kind: .hostStopping, context: Self.context)
    for number in 1...UInt64(count) {
      usleep(Self.pause)
      event.deadline = Instant(nanoseconds: Self.monotonic)
      port.deliver(event, number: number)
      while ear.handled < number { usleep(Self.pause) }
    }
    port.destroy()
    ear.waitForEnd()
    let samples = try samples("handoff").sorted()
    guard samples.count == count else {
      throw Failure(description: "\(samples.count) samples instead of \(count)")
    }
    let at = { (share: Double) in samples[min(count - 1, Int(Double(count) * share))] }
    return Handoff(p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999))
  }

  private static var context: CallContext {
    var context = CallContext()
    let key = SessionKey(agent: "main", channel: "console", kind: .direct, chat: "figures")
    context.session = SessionID(value: 0x0192_8374_6574_8392_0011_2233_4455_6677)
    context.key = key
    context.scope = Scope("main/somebody-with-a-name")
    context.user = "somebody-with-a-name"
    return context
  }

  private static var monotonic: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private func start(_ name: String) throws -> (any PluginPort, PortEar) {
    let ear = PortEar()
    let loader = PluginLoader(
      stateFolder: folder, log: { _, _, _ in }, report: { _, report in ear.hear(report) })
    let port = loader.start(
      PluginStart(
        instance: InstanceID(name), file: plugin, stateFolder: "\(folder)/\(name)",
        runtimeFolder: "\(folder)/runtime"))
    if let fault = ear.waitForStart() { throw Failure(description: fault.description) }
    return (port, ear)
  }

  private func samples(_ name: String) throws -> [UInt64] {
    guard let file = fopen("\(folder)/\(name)/samples", "r") else {
      throw Failure(description: "the plugin wrote no samples")
    }
    defer { fclose(file) }
    var samples = [UInt64](repeating: 0, count: 1 << 16)
    let count = fread(&samples, MemoryLayout<UInt64>.size, samples.count, file)
    return Array(samples.prefix(count))
  }
}

/// Hears what a port reports, and waits for it by looking again: a figure must not contain the cost
/// of being woken.
private final class PortEar: Sendable {
  private let reached = Atomic<UInt64>(0)
  private let phase = Atomic<Int>(0)
  private let fault = Mutex<PluginFault?>(nil)

  var handled: UInt64 { reached.load(ordering: .acquiring) }

  func hear(_ report: PluginReport) {
    switch report {
    case .handledEvents(let through, _): reached.store(through, ordering: .releasing)
    case .created: phase.store(1, ordering: .releasing)
    case .failed(let reason):
      fault.withLock { $0 = reason }
      phase.store(1, ordering: .releasing)
    case .destroyed: phase.store(2, ordering: .releasing)
    default: break
    }
  }

  func wait(through number: UInt64) { while handled < number { sched_yield() } }

  func waitForStart() -> PluginFault? {
    while phase.load(ordering: .acquiring) == 0 { sched_yield() }
    return fault.withLock { $0 }
  }

  func waitForEnd() { while phase.load(ordering: .acquiring) < 2 { sched_yield() } }
}
