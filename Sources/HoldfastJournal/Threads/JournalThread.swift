import CShims
import Glibc

/// A thread with a name, to be joined once.
struct JournalThread: @unchecked Sendable {
  // Safe: a thread's number is a plain value; `join` is called once, by the journal's `stop`.
  private let number: pthread_t

  /// Starts `body` on a thread of its own. A system without room for one more thread is one on
  /// which a host cannot run: that traps.
  init(name: String, body: @escaping @Sendable () -> Void) {
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
    let status = journal_thread_start(&number, name, 512 * 1024, entry, context)
    precondition(status == 0, "host: no thread for \(name), error \(status)")
    self.number = number
  }

  func join() { pthread_join(number, nil) }
}
