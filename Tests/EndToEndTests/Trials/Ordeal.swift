/// What one life of the host goes through, and how it ends.
enum Ordeal: Sendable {
  /// `kill -9` from outside, so many milliseconds after it was started, or after it was ready.
  case kill(after: Int, isReady: Bool)
  /// It is told to stop, and killed so many milliseconds later; nil: it may end.
  case stop(after: Int, killAfter: Int?)
  /// It ends at a call of its own, before it, after it, or after half of the bytes.
  case inside(SystemCall, how: String, at: Int)
  /// The same, by the kernel at the begin of the call.
  case traced(SystemCall, at: Int)
  /// The power goes at a write or sync; what was not synced is gone.
  case power(at: Int, seed: UInt64, fault: String)
  /// Calls fail; later it is killed or told to stop.
  case fault(SystemCall, error: String, from: Int, count: Int)
  /// The same, by the kernel.
  case tracedFault(SystemCall, error: String, from: Int, count: Int)

  /// A call that reaches the disk, with its name in the C library and in the kernel, and the files
  /// that are meant.
  struct SystemCall: Sendable {
    let name: String
    let kernelName: String
    var path = ""

    /// The kernel's tracer knows files by their whole paths alone.
    var isOneFile: Bool { !path.hasSuffix("/") }
  }

  private static let write = SystemCall(name: "pwrite64", kernelName: "pwrite64")
  private static let sync = SystemCall(name: "fdatasync", kernelName: "fdatasync")
  private static let others = [
    SystemCall(name: "ftruncate64", kernelName: "ftruncate", path: "journal.sqlite"),
    SystemCall(name: "open64", kernelName: "openat", path: "journal.sqlite-wal"),
    SystemCall(name: "write", kernelName: "write", path: "/plugins/files/"),
    SystemCall(name: "mmap64", kernelName: "mmap", path: "journal.sqlite-shm"),
  ]

  /// One life of many. Without `tracing` nothing is left to the kernel.
  init(_ dice: inout Dice, tracing: Bool) {
    switch dice.next(below: 100) {
    case 0..<36:
      let isReady = dice.next(below: 4) > 0
      self = .kill(after: dice.next(below: isReady ? 60 : 80), isReady: isReady)
    case 36..<41:
      let pause = dice.next(below: 4) > 0 ? dice.next(below: 12) : nil
      self = .stop(after: dice.next(below: 60), killAfter: pause)
    case 41..<63:
      let call = Self.call(&dice)
      let how = dice.pick(
        call.name.contains("write") ? ["kill", "half", "after"] : ["kill", "after"])
      self = .inside(call, how: how, at: Self.moment(of: call, &dice))
    case 63..<68:
      let call = Self.call(&dice)
      let at = Self.moment(of: call, &dice)
      self =
        tracing && call.isOneFile ? .traced(call, at: at) : .inside(call, how: "kill", at: at)
    case 68..<87:
      let hasFault = dice.next(below: 4) == 0
      let fault =
        hasFault ? ":\(dice.next(below: 4)):\(dice.rank(bits: 7)):\(dice.rank(bits: 3))" : ""
      self = .power(at: dice.rank(bits: 10), seed: dice.next(), fault: fault)
    case let roll:
      let call = Self.call(&dice)
      let isOpening = call.name == "open64" || call.name == "mmap64"
      let mayFallShort = call.name.contains("write") && roll < 97
      let errors =
        call.name == "fdatasync"
        ? ["EIO"]
        : isOpening
          ? ["EIO", "ENOMEM"] : mayFallShort ? ["ENOSPC", "EIO", "short"] : ["ENOSPC", "EIO"]
      let error = dice.pick(errors)
      let (from, count) = (Self.moment(of: call, &dice), dice.rank(bits: 5))
      self =
        tracing && call.isOneFile && roll >= 97
        ? .tracedFault(call, error: error, from: from, count: count)
        : .fault(call, error: error, from: from, count: count)
    }
  }

  private static func call(_ dice: inout Dice) -> SystemCall {
    switch dice.next(below: 10) {
    case 0..<5: write
    case 5..<8: sync
    default: dice.pick(others)
    }
  }

  /// Writes and syncs are many, the others few.
  private static func moment(of call: SystemCall, _ dice: inout Dice) -> Int {
    switch call.name {
    case "pwrite64": dice.rank(bits: 10)
    case "fdatasync", "write": dice.rank(bits: 7)
    default: dice.rank(bits: 2)
    }
  }

  /// What the host is started with, so that it meets this. Where it met it is in the file `report`.
  func environment(report: String) -> [String: String] {
    var environment = ["HOLDFAST_FAULT_REPORT": report]
    switch self {
    case .inside(let call, let how, let at):
      environment["HOLDFAST_FAULT"] = "\(call.name):\(how):\(at):1:\(call.path)"
    case .fault(let call, let error, let from, let count):
      environment["HOLDFAST_FAULT"] = "\(call.name):\(error):\(from):\(count):\(call.path)"
    case .power(let at, let seed, let fault):
      environment["HOLDFAST_POWER"] = "\(at):\(seed)\(fault)"
      environment["LD_PRELOAD"] = Clone.preload("power_loss")
      return environment
    case .kill, .stop, .traced, .tracedFault: return [:]
    }
    environment["LD_PRELOAD"] = Clone.preload("system_faults")
    return environment
  }

  /// What stands before the host's own command line. `state` is its folder.
  func wrapper(state: String, report: String) -> [String] {
    switch self {
    case .traced(let call, let at):
      // Without the kernel's filter: a signal is not delivered where that one stops a call.
      Tracer.command(call, "signal=SIGKILL:when=\(at)", state, report, isFiltered: false)
    case .tracedFault(let call, let error, let from, let count):
      Tracer.command(
        call, "error=\(error):when=\(from)..\(from + count - 1)", state, report, isFiltered: true)
    default: []
    }
  }

  /// Whether calls fail that the host has to speak of.
  var isFault: Bool {
    switch self {
    case .fault(_, let error, _, _): error != "short"
    case .tracedFault: true
    default: false
    }
  }
}

/// `strace`, which lets calls fail in the kernel's stead.
enum Tracer {
  private static let path = "/usr/bin/strace"

  /// Why it cannot be used here, nil if it can.
  static func obstacle() throws -> String? {
    let trial = try Finished([path, "-f", "-o", "/dev/null", "-e", "trace=none", "/bin/true"])
    return trial.status == 0
      ? nil : trial.errors.split(separator: "\n").last.map(String.init) ?? "?"
  }

  /// Runs what follows as this process, beside a tracer that goes with it.
  static func command(
    _ call: Ordeal.SystemCall, _ injection: String, _ state: String, _ report: String,
    isFiltered: Bool
  ) -> [String] {
    let endings = call.path == "journal.sqlite" ? ["", "-wal", "-shm"] : [""]
    let files = call.path.isEmpty ? [] : endings.flatMap { ["-P", "\(state)/\(call.path)\($0)"] }
    return [path, "-D", "-f", "-y", "-qq"] + (isFiltered ? ["--seccomp-bpf"] : [])
      + ["-e", "signal=none", "-e", "trace=\(call.kernelName)"]
      + ["-e", "inject=\(call.kernelName):\(injection)", "-o", report] + files
  }
}
