internal import CShims
internal import Glibc
internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastRuntime
internal import HoldfastThreads

/// A host in this process, with the signals that end it.
final class OwnHost {
  private let host: HostProcess
  /// Where the stop signals come out, for those who wait for other things too.
  let signals: Int32
  /// Readable once `holdfast stop` was asked for.
  let stopAsked: Int32

  private init(_ host: HostProcess, signals: Int32, stopAsked: Int32) {
    self.host = host
    self.signals = signals
    self.stopAsked = stopAsked
  }

  /// Prepares a host as the arguments say. `log` is called from any thread.
  convenience init(
    _ invocation: Invocation, log: @escaping @Sendable (LogLine) -> Void
  ) throws(CommandFailure) {
    let signals = cshims_stop_signals()
    let waker = cshims_waker()
    let options = try Self.options(invocation, waker: waker, log: log)
    do throws(HostStartError) {
      self.init(try HostProcess(options: options), signals: signals, stopAsked: waker)
    } catch {
      throw Self.failure(error)
    }
  }

  /// The same, but waits while another host runs on the state; nil if it was told to stop before
  /// that one had ended.
  static func afterAnother(
    _ invocation: Invocation, log: @escaping @Sendable (LogLine) -> Void
  ) throws(CommandFailure) -> OwnHost? {
    let signals = cshims_stop_signals()
    let waker = cshims_waker()
    var options = try options(invocation, waker: waker, log: log)
    options.standby = { log(LogLine(.info, "\($0); standing by")) }
    do throws(HostStartError) {
      guard let host = try standBy(options, signals) else { return nil }
      log(LogLine(.info, "no other host runs on \(options.paths.stateDirectory); taking over"))
      return OwnHost(host, signals: signals, stopAsked: waker)
    } catch {
      throw failure(error)
    }
  }

  private static func options(
    _ invocation: Invocation, waker: Int32, log: @escaping @Sendable (LogLine) -> Void
  ) throws(CommandFailure) -> HostOptions {
    // A reader that went away is found out by writing to it, not by dying of it.
    signal(SIGPIPE, SIG_IGN)
    let paths = invocation.paths
    var options = HostOptions(
      paths: paths, pluginFolders: invocation.pluginFolders, environment: invocation.environment,
      log: log)
    options.stopRequested = { cshims_wake(waker) }
    do throws(FolderFailure) { try paths.makeFolders() } catch {
      throw CommandFailure(error.description)
    }
    return options
  }

  /// Waits for the lock on a thread of its own, where no signal ends the wait, and for signals
  /// here.
  private static func standBy(
    _ options: HostOptions, _ signals: Int32
  ) throws(HostStartError) -> HostProcess? {
    let result = Awaited()
    let done = cshims_waker()
    _ = NamedThread("hf-standby") {
      result.set(Result { () throws(HostStartError) in try HostProcess(options: options) })
      cshims_wake(done)
    }
    while true {
      var entries = [
        pollfd(fd: done, events: Int16(POLLIN), revents: 0),
        pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&entries, 2, -1) > 0 else { continue }
      if entries[0].revents != 0 { return try result.get() }
      if cshims_next_stop_signal(signals) != 0 { return nil }
    }
  }

  /// What comes of the wait.
  private final class Awaited: @unchecked Sendable {
    // Safe: used under the monitor's lock.
    private let monitor = Monitor()
    private var result: Result<HostProcess, HostStartError>?

    func set(_ result: Result<HostProcess, HostStartError>) {
      monitor.withLock { self.result = result }
    }

    func get() throws(HostStartError) -> HostProcess? {
      try monitor.withLock { result }?.get()
    }
  }

  private static func failure(_ error: HostStartError) -> CommandFailure {
    CommandFailure(error.description, status: error.isConfiguration ? .usage : .failed)
  }

  /// Starts it, and returns when it is ready.
  func start() throws(CommandFailure) {
    do throws(HostStartError) { try host.start() } catch { throw Self.failure(error) }
    host.waitUntilReady()
  }

  /// Blocks until a signal comes or somebody asks for the end; whether it was a signal.
  func waitUntilToldToStop() -> Bool {
    while true {
      var entries = [
        pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
        pollfd(fd: stopAsked, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&entries, 2, -1) > 0 else { continue }
      if entries[1].revents != 0 { return false }
      if cshims_next_stop_signal(signals) != 0 { return true }
    }
  }

  /// Stops it in an orderly way. A further signal ends the process at once; what comes within the
  /// first moments is taken for the one that asked for the stop, since a process group and its
  /// leader are often both told.
  func stop() -> StopReport {
    let deaf = SystemClock.now + .milliseconds(500)
    _ = NamedThread("hf-signals") {
      let signals = cshims_stop_signals()
      while true {
        var entry = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)]
        guard poll(&entry, 1, -1) > 0, cshims_next_stop_signal(signals) != 0 else { continue }
        if SystemClock.now > deaf {
          let words = Array("holdfast: ended at once; the journal has what was accepted\n".utf8)
          _ = cshims_write_now(2, words, words.count)
          _exit(ExitCode.failed.rawValue)
        }
      }
    }
    return host.stop()
  }
}
