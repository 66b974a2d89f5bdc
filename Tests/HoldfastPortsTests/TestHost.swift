import CShims
import Glibc
import HoldfastCore
import HoldfastPorts
import HoldfastThreads

/// A host of one test: a loader with a state folder of its own, and all that was reported.
final class TestHost: @unchecked Sendable {
  // Safe to share: the mutex guards what is mutable.
  let folder: TemporaryFolder
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var reported: [(instance: InstanceID, report: PluginReport)] = []
  private var logged: [(level: PluginLogLevel, text: String)] = []
  private var seen: [InstanceID: Int] = [:]

  init() throws {
    folder = try TemporaryFolder()
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Where the instance writes what happens to it.
  func stateFolder(_ instance: String) -> String { "\(folder.path)/state/\(instance)" }

  func loader(prefix: String? = nil) -> PluginLoader {
    PluginLoader(
      stateFolder: folder.path, prefix: prefix,
      log: { [weak self] _, level, text in self?.keep(level, text) },
      report: { [weak self] instance, report in self?.keep(instance, report) })
  }

  /// Everything needed to start a copy of a fixture.
  func begin(_ fixture: String, as instance: String? = nil) throws -> PluginStart {
    let content = try Fixtures.content(fixture)
    let file = try folder.write("\(fixture).so", content, mode: 0o755)
    return begin(file: file, as: instance ?? fixture)
  }

  func begin(file: String, as instance: String) -> PluginStart {
    PluginStart(
      instance: InstanceID(instance), file: file, stateFolder: stateFolder(instance),
      runtimeFolder: "\(folder.path)/runtime")
  }

  /// Starts a fixture and waits until it is created.
  func start(_ fixture: String, as instance: String? = nil) throws -> any PluginPort {
    let port = loader().start(try begin(fixture, as: instance))
    try created(port)
    return port
  }

  @discardableResult
  func created(_ port: any PluginPort) throws -> PluginTraits {
    switch try next(port.instance) {
    case .created(let traits): return traits
    case let other: throw TestFailure("not created: \(other)")
    }
  }

  /// The fault that keeps a fixture from being used.
  func fault(_ start: PluginStart) throws -> PluginFault {
    let port = loader().start(start)
    switch try next(port.instance) {
    case .failed(let fault): return fault
    case let other: throw TestFailure("not refused: \(other)")
    }
  }

  /// The next report of an instance, in order; fails after 30 seconds without one.
  func next(_ instance: InstanceID) throws -> PluginReport {
    var limit = timespec()
    clock_gettime(CLOCK_REALTIME, &limit)
    limit.tv_sec += 30
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      let place = seen[instance, default: 0]
      let own = reported.filter { $0.instance == instance }
      if own.count > place {
        seen[instance] = place + 1
        return own[place].report
      }
      guard pthread_cond_timedwait(changed, mutex, &limit) == 0 else {
        throw TestFailure("no further report of \(instance)")
      }
    }
  }

  /// The answer to an operation, which must be the next report but for progress.
  func answer(
    _ port: any PluginPort, _ operation: UInt64
  ) throws -> (answer: PluginAnswer, hasReturned: Bool) {
    while true {
      switch try next(port.instance) {
      case .answered(OperationID(operation), let answer, let hasReturned):
        return (answer, hasReturned)
      case .progress: continue
      case let other: throw TestFailure("no answer: \(other)")
      }
    }
  }

  /// Waits until all events up to a number are handled; how many of them failed.
  func handled(_ port: any PluginPort, through number: UInt64) throws -> Int {
    var failures = 0
    while true {
      switch try next(port.instance) {
      case .handledEvents(let reached, let failed):
        failures += failed
        if reached >= number { return failures }
      case let other: throw TestFailure("no events: \(other)")
      }
    }
  }

  /// Ends an instance and waits for it; what it reports before is of no interest.
  func end(_ port: any PluginPort) throws {
    port.destroy()
    while true {
      if case .destroyed = try next(port.instance) { return }
    }
  }

  /// What the instance wrote down so far.
  func calls(_ instance: String) throws -> [String] {
    let path = stateFolder(instance) + "/calls.log"
    guard access(path, R_OK) == 0 else { return [] }
    return String(decoding: try read(path), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  var lines: [(level: PluginLogLevel, text: String)] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return logged
  }

  private func keep(_ instance: InstanceID, _ report: PluginReport) {
    pthread_mutex_lock(mutex)
    reported.append((instance, report))
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }

  private func keep(_ level: PluginLogLevel, _ text: String) {
    pthread_mutex_lock(mutex)
    logged.append((level, text))
    pthread_mutex_unlock(mutex)
  }
}

/// Returns once the condition holds, which is looked at over and over; only a failure reaches the
/// limit.
func settle(_ what: String, _ condition: () -> Bool) throws {
  let limit = monotonicNanoseconds() + 120_000_000_000
  while !condition() {
    guard monotonicNanoseconds() < limit else { throw TestFailure("not within 120 s: \(what)") }
    sched_yield()
  }
}

/// A pipe by which a fixture is held and let go.
final class Gate {
  private let path: String
  private var waiting: Int32 = -1

  /// Made before the instance is started.
  init(_ host: TestHost, _ instance: String) throws {
    shell("mkdir -p -m 700 '\(host.stateFolder(instance))'")
    path = host.stateFolder(instance) + "/go"
    guard mkfifo(path, 0o600) == 0 else { throw TestFailure("cannot make \(path)") }
  }

  /// Returns once the fixture has reached the gate, which the condition shows; the pipe cannot be
  /// opened for writing without waiting before that.
  func waitUntilHeld(_ condition: () -> Bool) throws {
    try settle("the fixture is at its gate") {
      waiting = Glibc.open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      return waiting >= 0
    }
    try settle("the port shows the call", condition)
  }

  /// Lets the fixture go on; waits until it is there.
  func open() {
    let number = waiting >= 0 ? waiting : Glibc.open(path, O_WRONLY | O_CLOEXEC)
    waiting = -1
    Glibc.write(number, "x", 1)
    close(number)
  }
}
