import CShims
import Glibc
import HoldfastCore
import HoldfastThreads

/// One thread of a plugin with its mailbox. The thread begins with `start` and ends by itself.
final class LaneThread: PortThread {
  let mailbox = LaneMailbox()
  let frame: CallFrame
  private let clock = ThreadClock()

  init(bridge: HostBridge, instance: UnsafePointer<CChar>) {
    frame = CallFrame(bridge: bridge, instance: instance)
  }

  /// Runs `body` on a new thread named `hf-<instance>`; false if the system allows no more threads.
  func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let name = "hf-" + frame.bridge.instance.description
    let main = ThreadMain { [frame, clock] in
      let stack = cshims_signal_stack_make()
      cshims_name_thread(name)
      cshims_crash_own_thread()
      clock.begin()
      frame.attach()
      body()
      frame.detach()
      clock.end()
      cshims_signal_stack_free(stack)
    }
    var thread = pthread_t()
    let opaque = Unmanaged.passRetained(main).toOpaque()
    let status = pthread_create(
      &thread, nil,
      { @Sendable pointer in
        if let pointer { Unmanaged<ThreadMain>.fromOpaque(pointer).takeRetainedValue().body() }
        return nil
      }, opaque)
    guard status == 0 else {
      Unmanaged<ThreadMain>.fromOpaque(opaque).release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  // MARK: - What is going on

  var occupancy: PortOccupancy? {
    guard var occupancy = frame.occupancy else { return nil }
    if occupancy.call == CallName.load.description { occupancy.behind = LoaderTurn.shared.waiting }
    return occupancy
  }

  var predecessor: InstanceID? { LoaderTurn.shared.holder(before: frame.bridge.instance) }

  var waiting: (count: Int, since: Instant)? { mailbox.waiting }

  var processorTime: Duration { .nanoseconds(Int64(clamping: clock.nanoseconds)) }

  var isAlive: Bool { clock.isRunning }

  var probe: ThreadProbe { mailbox.probe }

  func sendProbe(at nanoseconds: UInt64) { mailbox.sendProbe(at: nanoseconds) }
}

/// Carries a closure to a new thread.
private final class ThreadMain: Sendable {
  let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
