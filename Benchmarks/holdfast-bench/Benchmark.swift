import Glibc

/// `holdfast-bench --plugins FOLDER [--write FILE] [--only NAME] [--effort SHARE]`, or
/// `holdfast-bench contention …` as `Contention` says.
///
/// HOLDFAST_BIN names the program that is measured, HOLDFAST_BENCH_C the folder of the plain C.
@main
struct Benchmark {
  private typealias Measurement = @Sendable (Surroundings) throws -> [Figure]

  private static let groups: [(name: String, measure: Measurement)] = [
    ("start", StartFigures.measure), ("standby", StandbyFigure.measure),
    ("switch", SwitchFigure.measure),
    ("event", EventFigure.measure), ("burst", BurstFigure.measure),
    ("turns", TurnFigures.measure), ("conversations", ConversationFigure.measure),
    ("pages", PageFigures.measure), ("idle", IdleFigure.measure),
    ("hindsight", HindsightFigures.measure), ("recall", RecallFigures.measure),
    ("locks", LockFigures.measure),
    ("heartbeat", HeartbeatFigure.measure), ("company", CompanyFigure.measure),
  ]

  static func main() {
    // A program that has ended is missed by what it does not answer.
    signal(SIGPIPE, SIG_IGN)
    do { try begin(Array(CommandLine.arguments.dropFirst())) } catch {
      print("holdfast-bench: \(error)")
      exit(1)
    }
  }

  private static func begin(_ words: [String]) throws {
    switch words.first {
    case "contention": try contend(options(Array(words.dropFirst())))
    case "writers": try writers(options(Array(words.dropFirst())))
    default: try measure(options(words))
    }
  }

  private static func options(_ words: [String]) -> [String: String] {
    var options: [String: String] = [:]
    for place in stride(from: 0, to: words.count - 1, by: 2) {
      options[words[place]] = words[place + 1]
    }
    return options
  }

  private static func contend(_ options: [String: String]) throws {
    let around = try surroundings(options)
    defer { remove(around.folder) }
    if !(try Contention(around, options: options).run()) { exit(1) }
  }

  /// One process of the crowd.
  private static func writers(_ options: [String: String]) throws {
    guard let name = options["--name"], let folder = options["--folder"],
      let rooms = options["--rooms"].flatMap({ Int($0) }),
      let messages = options["--messages"].flatMap({ Int($0) }),
      let pause = options["--pause-ms"].flatMap({ UInt64($0) })
    else { throw BenchmarkFailure("writers are started by `make contention`") }
    var writers = try Writers(
      name: name, folder: folder, rooms: rooms, messages: messages, pause: pause * 1_000_000)
    print(try writers.run().lines.joined(separator: "\n"))
  }

  private static func surroundings(_ options: [String: String]) throws -> Surroundings {
    guard let plugins = options["--plugins"], let holdfast = variable("HOLDFAST_BIN"),
      let programs = variable("HOLDFAST_BENCH_C")
    else { throw BenchmarkFailure("run it with `make bench`") }
    return Surroundings(
      holdfast: holdfast, plugins: absolute(plugins), programs: programs,
      hindsightServer: variable("HOLDFAST_HINDSIGHT_SERVER"), peer: peer,
      folder: try temporaryFolder(), effort: options["--effort"].flatMap { Double($0) } ?? 1)
  }

  private static func measure(_ options: [String: String]) throws {
    let around = try surroundings(options)
    defer { remove(around.folder) }
    let machine = Machine()
    var figures: [Figure] = []
    for group in groups where options["--only"].map({ $0 == group.name }) ?? true {
      report("measuring: \(group.name)")
      let found = try group.measure(around)
      for figure in found { report("  \(figure.name): \(figure.measured)\n    \(figure.note)") }
      figures += found
    }
    let report = Report(machine: machine, figures: figures)
    print(report.table)
    if let path = options["--write"] { try write(report.document, to: path) }
  }

  private static var peer: (python: String, script: String)? {
    guard let python = variable("HOLDFAST_PEER"), let script = variable("HOLDFAST_PEER_SCRIPT")
    else { return nil }
    return (python, script)
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  private static func absolute(_ path: String) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    return realpath(path, &buffer).map { String(cString: $0) } ?? path
  }

  /// On the disk where the state of a host would lie, not in memory.
  private static func temporaryFolder() throws -> String {
    var template = Array("/var/tmp/holdfast-bench.XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else { throw BenchmarkFailure("no temporary folder") }
    return String(cString: path)
  }

  private static func remove(_ folder: String) {
    _ = try? Child(["/bin/rm", "-rf", folder]).wait()
  }

  private static func report(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(2, bytes, bytes.count)
  }
}

/// Where plugins that are loaded into this process find the numbers that they share with it.
func setSharedPath(_ path: String) { setenv("HOLDFAST_BENCH_SHARED", path, 1) }
