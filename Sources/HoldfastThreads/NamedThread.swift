internal import CShims
internal import Glibc

/// A thread with a name, to be joined at most once. It takes no signals but those of its own
/// faults, and reports an overflow of its own stack.
public struct NamedThread: @unchecked Sendable {
  // Safe: a thread's number is a plain value; `join` is called once, by the owner.
  private let number: pthread_t

  /// Starts `body` on a thread of its own, named with at most 15 bytes. A system without room for
  /// one more thread is one on which a host cannot run: that traps.
  public init(_ name: String, stackBytes: Int = 512 * 1024, body: @escaping @Sendable () -> Void) {
    final class Body {
      let run: @Sendable () -> Void
      init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    let context = Unmanaged.passRetained(Body(body)).toOpaque()
    let entry: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
      guard let context else { return }
      Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
    }
    var number = pthread_t()
    let status = cshims_thread_start(&number, name, stackBytes, entry, context)
    precondition(status == 0, "host: no thread for \(name), error \(status)")
    self.number = number
  }

  /// Nobody will join it: it frees what it holds when it ends.
  public func detach() { pthread_detach(number) }

  /// Waits until the thread has ended.
  public func join() { pthread_join(number, nil) }
}
