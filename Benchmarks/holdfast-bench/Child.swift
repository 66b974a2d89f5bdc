import Glibc

/// A process that is measured or measures.
final class Child {
  let pid: pid_t
  private let input: Int32
  private let output: Int32
  private var buffer: [UInt8] = []
  private var isOver = false

  /// What is kept of what the process writes.
  enum Output {
    case standardOutput
    case standardError
    case nothing
  }

  /// Starts a program.
  init(
    _ words: [String], keeping: Output = .standardOutput, environment: [String: String] = [:]
  ) throws {
    var toChild: [Int32] = [0, 0]
    var fromChild: [Int32] = [0, 0]
    guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else {
      throw BenchmarkFailure("no pipes")
    }
    input = toChild[1]
    output = fromChild[0]
    for descriptor in [input, output] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    for (number, kind) in [(Int32(1), Output.standardOutput), (2, .standardError)] {
      if kind == keeping {
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], number)
      } else {
        posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0)
      }
    }
    posix_spawn_file_actions_addclose(&actions, toChild[0])
    posix_spawn_file_actions_addclose(&actions, fromChild[1])
    var arguments = words.map { strdup($0) } + [nil]
    var variables = Self.variables(environment).map { strdup($0) } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var number = pid_t()
    let status = posix_spawn(&number, words[0], &actions, nil, &arguments, &variables)
    close(toChild[0])
    close(fromChild[1])
    guard status == 0 else { throw BenchmarkFailure("cannot start \(words[0])") }
    pid = number
  }

  deinit {
    if !isOver { end(signal: SIGKILL) }
    close(output)
  }

  private static func variables(_ own: [String: String]) -> [String] {
    let names: [String] = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"]
    let inherited = names.compactMap { (name: String) -> String? in
      guard let value = getenv(name) else { return nil }
      return name + "=" + String(cString: value)
    }
    return inherited + own.map { "\($0.key)=\($0.value)" }
  }

  /// Gives the process a byte.
  func poke() {
    var byte: UInt8 = 10
    _ = write(input, &byte, 1)
  }

  /// The next line it writes, nil at the end.
  func line() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        defer { buffer.removeFirst(end + 1) }
        return String(decoding: buffer[..<end], as: UTF8.self)
      }
      var piece = [UInt8](repeating: 0, count: 65_536)
      let count = read(output, &piece, piece.count)
      guard count > 0 else { return nil }
      buffer += piece.prefix(count)
    }
  }

  /// All lines until its end.
  func lines() -> [String] {
    close(input)
    var all: [String] = []
    while let next = line() { all.append(next) }
    return all
  }

  /// Waits for its end.
  @discardableResult
  func wait() -> Int32 {
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    isOver = true
    return status
  }

  /// Whether it has come to its end.
  var hasEnded: Bool {
    if isOver { return true }
    var status: Int32 = 0
    isOver = waitpid(pid, &status, WNOHANG) == pid
    return isOver
  }

  /// Ends it.
  func end(signal: Int32) {
    if isOver { return }
    kill(pid, signal)
    wait()
  }

  /// Nanoseconds that its threads have run, those that have ended left out.
  func processorTime() -> Double {
    var sum = 0.0
    for thread in names(in: "/proc/\(pid)/task") {
      let words = contents(of: "/proc/\(pid)/task/\(thread)/schedstat").split(separator: " ")
      sum += words.first.flatMap { Double($0) } ?? 0
    }
    return sum
  }

  /// A number of /proc/<pid>/status, in KiB.
  func memory(_ name: String) -> Double {
    let lines = contents(of: "/proc/\(pid)/status").split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix(name + ":") }) else { return 0 }
    return Double(line.filter(\.isNumber)) ?? 0
  }
}
