import CShims
import FoundationEssentials
import Glibc
import HoldfastThreads

/// The built program, run in a process of its own.
struct Program {
  struct Failure: Error {}

  /// What came of a run.
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  /// A folder that goes with the test, holding the state and the user's home.
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  var state: String { folder.path + "/state" }
  var controlSocket: String { state + "/run/control.sock" }
  var consoleSocket: String { state + "/run/console.sock" }

  /// Where `make` put it, or beside the tests.
  private static var path: String {
    if let named = ProcessInfo.processInfo.environment["HOLDFAST_BIN"] { return named }
    let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return (tests ?? "").split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/holdfast"
  }

  /// Runs it on a state of its own, and waits for its end.
  func run(_ arguments: String..., input: String = "") throws -> Result {
    try run(arguments + ["--state-dir", state], input: Array(input.utf8))
  }

  func run(_ arguments: [String], input: [UInt8]) throws -> Result {
    let files = ["in", "out", "err"].map { "\(folder.path)/\($0)" }
    guard FileManager.default.createFile(atPath: files[0], contents: Data(input)) else {
      throw Failure()
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, files[0], O_RDONLY, 0)
    for (number, file) in [(Int32(1), files[1]), (2, files[2])] {
      posix_spawn_file_actions_addopen(
        &actions, number, file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    let environment = ["HOME=\(folder.path)/home", "USER=ada", "TZ=UTC", "PATH=/usr/bin:/bin"]
    var words: [UnsafeMutablePointer<CChar>?] = ([Self.path] + arguments).map { strdup($0) }
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) }
    defer { (words + variables).forEach { free($0) } }
    words.append(nil)
    variables.append(nil)
    var process = pid_t()
    guard posix_spawn(&process, Self.path, &actions, nil, words, variables) == 0 else {
      throw Failure()
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 { guard errno == EINTR else { throw Failure() } }
    // A signal shows as a status that no program gives.
    let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 1000 + (status & 0x7F)
    return Result(status: code, output: try text(files[1]), errors: try text(files[2]))
  }

  private func text(_ path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else { throw Failure() }
    return String(decoding: data, as: UTF8.self)
  }
}
