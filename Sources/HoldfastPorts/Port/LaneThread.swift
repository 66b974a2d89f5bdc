import CShims
import Glibc
import HoldfastCore

/// One thread of a plugin with its mailbox. The thread begins with `start` and ends by itself.
final class LaneThread: Sendable {
  let mailbox = LaneMailbox()
  let frame: CallFrame

  init(bridge: HostBridge, instance: UnsafePointer<CChar>) {
    frame = CallFrame(bridge: bridge, instance: instance)
  }

  /// Runs `body` on a new thread named `hf-<instance>`; false if the system allows no more threads.
  func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let name = "hf-" + frame.bridge.instance.description
    let main = ThreadMain { [frame] in
      let stack = cshims_signal_stack_make()
      cshims_name_thread(name)
      frame.attach()
      body()
      frame.detach()
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
}

/// Carries a closure to a new thread.
private final class ThreadMain: Sendable {
  let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
