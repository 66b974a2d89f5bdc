import Glibc

/// Where everything that is measured lies.
struct Surroundings {
  /// The command line's program.
  let holdfast: String
  /// The plugins that come with the host.
  let plugins: String
  /// The programs in plain C, and `plugins/` with those of the benchmark.
  let programs: String
  /// The loopback server that stands for Hindsight, nil if there is none.
  let hindsightServer: String?
  /// The Python that `make peer` installs the peer for, and the script that drives it.
  let peer: (python: String, script: String)?
  /// An empty folder, removed at the end.
  let folder: String
  /// How much is measured: 1 as documented, less for a first look.
  let effort: Double

  func program(_ name: String) -> String { "\(programs)/\(name)" }
  func plugin(_ name: String) -> String { "\(programs)/plugins/\(name).so" }

  /// A folder with Console, SQLiteMemory and RecallModel alone: a folder that is named has all of
  /// its plugins loaded, and figures are of these three.
  var basicPlugins: String { "\(programs)/basic" }

  /// A number of repetitions.
  func times(_ count: Int) -> Int { max(3, Int(Double(count) * effort)) }

  /// A folder that is there.
  func folder(_ name: String) -> String {
    let path = "\(folder)/\(name)"
    mkdir(path, 0o700)
    return path
  }
}

/// A shipped host that runs.
final class RunningHost {
  let child: Child
  let state: String
  /// Milliseconds from the start of the process until it said that it was ready.
  let readyAfter: Double

  /// Starts `holdfast run` on a state folder and waits until it is ready. `configuration` is
  /// written into the folder; nil: the built-in one is in force. `plugins` is the folder that is
  /// named; nil: the one with the basic plugins.
  init(
    _ around: Surroundings, state: String, configuration: String? = nil, plugins: String? = nil,
    environment: [String: String] = [:]
  ) throws {
    self.state = state
    if let configuration { try write(configuration, to: "\(state)/holdfast.toml") }
    let words = [
      around.holdfast, "run", "--state-dir", state, "--plugins", plugins ?? around.basicPlugins,
      "--log", "info",
    ]
    let start = nanoseconds()
    child = try Child(words, keeping: .standardError, environment: environment)
    var seen: [String] = []
    while true {
      guard let line = child.line() else {
        throw BenchmarkFailure("the host ended: \(seen.joined(separator: " | "))")
      }
      if line.contains(" error: ") { throw BenchmarkFailure("the host says: \(line)") }
      if line.contains(" is ready") { break }
      seen.append(line)
    }
    readyAfter = milliseconds(since: start)
  }

  var console: String { "\(state)/run/console.sock" }
  var control: String { "\(state)/run/control.sock" }

  func stop() { child.end(signal: SIGTERM) }

  /// For a host whose plugin never comes back.
  func kill() { child.end(signal: SIGKILL) }
}
