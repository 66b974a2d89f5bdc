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

  /// Prepares a host as the arguments say. `log` is called from any thread.
  init(
    _ invocation: Invocation, log: @escaping @Sendable (LogLine) -> Void
  ) throws(CommandFailure) {
    let waker = cshims_waker()
    signals = cshims_stop_signals()
    stopAsked = waker
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
    do throws(HostStartError) { host = try HostProcess(options: options) } catch {
      throw Self.failure(error)
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

  /// Blocks until a signal comes or somebody asks for the end.
  func waitUntilToldToStop() {
    while true {
      var entries = [
        pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
        pollfd(fd: stopAsked, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&entries, 2, -1) > 0 else { continue }
      if entries[1].revents != 0 { return }
      if cshims_next_stop_signal(signals) != 0 { return }
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
          Terminal.write("holdfast: ended at once; the journal has what was accepted\n", to: 2)
          _exit(ExitCode.failed.rawValue)
        }
      }
    }
    return host.stop()
  }
}
