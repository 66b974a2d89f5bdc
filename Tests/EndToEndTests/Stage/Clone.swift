import CShims
import FoundationEssentials
import Glibc
import HoldfastThreads

/// Something the test itself could not do, or waited for in vain.
struct TestFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Where the clone's programs and libraries lie.
enum Clone {
  /// Root of the clone.
  static let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()

  /// The command line.
  static let holdfast = variable("HOLDFAST_BIN") ?? root + "/.build/debug/holdfast"

  /// A plugin that comes with the host.
  static func plugin(_ name: String) -> String {
    (variable("HOLDFAST_PLUGINS") ?? root + "/build/plugins") + "/\(name).so"
  }

  /// The library of `Tests/Fixtures/<name>.c`.
  static func fixture(_ name: String) -> String {
    (variable("HOLDFAST_FIXTURES") ?? root + "/build/fixtures") + "/\(name).so"
  }

  /// The library of `Tests/Preload/<name>.c`.
  static func preload(_ name: String) -> String { fixture("preload/\(name)") }

  static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}

/// A folder that goes with its owner.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/holdfast-e2e-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure("there is no temporary folder") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and gives its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }

  /// Copies a file into a folder of that name and gives the copy's path.
  func copy(_ source: String, to name: String) throws -> String {
    let file = "\(path)/\(name)"
    try FileManager.default.copyItem(atPath: source, toPath: file)
    return file
  }

  /// Makes a folder and gives its path.
  func folder(_ name: String) throws -> String {
    let folder = "\(path)/\(name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }
}

/// A limit that only a failing test reaches, also where a shared machine stands still for a while.
struct Patience {
  static let limit: UInt64 = 60_000_000_000
  /// For what somebody else ends.
  static let endless = Patience(end: .max)
  var end = monotonicNanoseconds() + limit

  var isOver: Bool { monotonicNanoseconds() >= end }

  /// Looks again and again, for conditions that nothing announces.
  static func until(
    _ what: String, within patience: Patience = Patience(), _ condition: () throws -> Bool
  ) throws {
    while try !condition() {
      if patience.isOver { throw TestFailure("waited in vain until \(what)") }
      poll(nil, 0, 2)
    }
  }
}

/// Time as it passes, for what a test does for so long and judges by nothing.
struct Moments {
  private let begin = monotonicNanoseconds()
  private let length: UInt64

  init(milliseconds: Int = 0) { length = UInt64(milliseconds) * 1_000_000 }

  var isOver: Bool { monotonicNanoseconds() - begin >= length }
  var seconds: Double { Double(monotonicNanoseconds() - begin) / 1e9 }
}

/// Runs a program to its end.
struct Finished {
  let status: Int32
  let output: String
  let errors: String

  init(_ arguments: [String], input: String = "") throws {
    let folder = try TemporaryFolder()
    let stdin = try folder.write("in", input)
    let process = try Spawned(
      arguments, stdin: stdin, stdout: folder.path + "/out", stderr: folder.path + "/err")
    status = process.wait()
    output = try String(contentsOfFile: folder.path + "/out", encoding: .utf8)
    errors = try String(contentsOfFile: folder.path + "/err", encoding: .utf8)
  }
}

/// A child process. `stdin` and the others are files.
struct Spawned {
  let pid: pid_t

  /// `environment` is added to the test's own.
  init(
    _ arguments: [String], stdin: String = "/dev/null", stdout: String = "/dev/null",
    stderr: String, environment: [String: String] = [:]
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let flags = O_WRONLY | O_CREAT | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 0, stdin, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, stdout, flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, stderr, flags, 0o600)
    // Test threads block signals, and a child inherits that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words = arguments.map { strdup($0) } + [nil]
    var settings = Self.settings(adding: environment)
    defer { for word in words + settings { free(word) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, arguments[0], &actions, &attributes, &words, &settings)
    guard code == 0 else {
      throw TestFailure("cannot run \(arguments[0]): \(String(cString: strerror(code)))")
    }
    pid = child
  }

  private static func settings(
    adding environment: [String: String]
  ) -> [UnsafeMutablePointer<CChar>?] {
    var settings: [UnsafeMutablePointer<CChar>?] = []
    var next = environ
    while let text = next.pointee {
      let name = String(cString: text).prefix { $0 != "=" }
      if environment[String(name)] == nil { settings.append(strdup(text)) }
      next += 1
    }
    return settings + environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
  }

  /// Whether it has ended; `wait` then returns at once.
  var hasEnded: Bool {
    var info = siginfo_t()
    return waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0
      && info.si_signo == SIGCHLD
  }

  /// Waits for its end: the exit status, or 1000 and the number of the signal that ended it. One
  /// that does not end is killed.
  func wait() -> Int32 {
    let patience = Patience()
    var status: Int32 = 0
    while waitpid(pid, &status, WNOHANG) == 0 {
      if patience.isOver { kill(pid, SIGKILL) }
      poll(nil, 0, 1)
    }
    return status & 0x7f == 0 ? status >> 8 & 0xff : 1000 + (status & 0x7f)
  }
}
