internal import CShims
internal import Glibc
internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastThreads

/// The last events of diagnostics, of which the oldest make room for new ones. They lie in memory,
/// and a thread of its own has a file follow, so that they are there after `kill -9` too; where
/// that cannot be, in memory alone, and a host that has not even that keeps none. From any thread;
/// nobody waits for the disk but who ends the host.
final class FlightRecorder: @unchecked Sendable {
  // Safe: `header` is used under the lock of the tape's monitor.
  private let tape: FlightTape?
  private var header = FlightRing.Header()
  /// Why nothing is left after a crash, one sentence; nil if something is.
  let problem: String?

  /// How long whoever ends the host waits for the disk.
  private static let patience = Duration.seconds(1)

  /// Makes the file at `path` anew; without a path, or where that fails, it is memory.
  init(path: String?, startedMilliseconds: Int64 = WallTime.now.milliseconds) {
    var fault: Int32 = 0
    var made = FlightTape(path: path, &fault)
    if let path, made == nil {
      problem =
        "the flight recorder \(path) cannot be kept: \(systemText(fault)); what happens is in "
        + "memory alone and will not be known after a crash; make room or make the folder writable"
      made = FlightTape(path: nil, &fault)
    } else {
      problem = nil
    }
    tape = made
    header.pid = getpid()
    header.startedMilliseconds = startedMilliseconds
    header.version = Holdfast.version
    tape?.change { cshims_flight_set_head($0, header.bytes, FlightRing.Header.endingOffset) }
  }

  deinit { tape?.end() }

  /// Keeps an event; never waits for the disk.
  func keep(_ event: DiagnosticEvent) {
    let record = FlightRecord.encode(event)
    tape?.change { ring in
      cshims_flight_keep(ring, record)
      guard event.name == .heartbeat else { return }
      header.heartbeatMilliseconds = event.time.milliseconds
      cshims_flight_set(
        ring, FlightRing.Header.heartbeatOffset, UInt64(bitPattern: event.time.milliseconds))
    }
  }

  /// Writes down how the host ends. Waits for the disk, a second at most.
  func end(_ ending: FlightRing.Ending, words: String = "") {
    tape?.change { ring in
      header.ending = ending
      header.words = words
      cshims_flight_set_head(ring, header.bytes, FlightRing.Header.endingOffset)
    }
    settle(within: Self.patience)
  }

  /// Waits until the file has what is kept now, or for so long.
  func settle(within limit: Duration) { tape?.settle(within: limit) }

  /// Everything that is kept, as a file would hold it; nil if nothing can be kept.
  var contents: FlightRing? {
    guard let tape else { return nil }
    var bytes = [UInt8](repeating: 0, count: FlightRing.fileSize)
    tape.look { cshims_flight_load($0, &bytes) }
    return FlightRing(bytes)
  }

  /// What is kept, oldest first.
  var events: [DiagnosticEvent] { contents?.events ?? [] }
}

/// The recorder's memory, and the thread that writes it into its file. The thread keeps it alive
/// for as long as a disk that hangs holds it.
private final class FlightTape: @unchecked Sendable {
  // Safe: `ring` never changes, and is stored into under the monitor's lock alone; the numbers are
  // used under it as well.
  private let ring: OpaquePointer
  private let hasFile: Bool
  private let monitor = Monitor()
  /// Changes that were made, and those of them that the file has.
  private var made: UInt64 = 0
  private var written: UInt64 = 0
  private var isAsleep = false
  private var isAwaited = false
  private var isOver = false

  /// What is kept reaches the file at most so much later, and one wake-up is enough for all of it.
  private static let pause = Duration.milliseconds(5)

  /// Nil if there is no file at `path`, or no memory; `fault` is then an errno.
  init?(path: String?, _ fault: inout Int32) {
    let layout = cshims_flight_layout_t(
      head: FlightRing.headerSize, record: FlightRecord.size, records: FlightRing.capacity,
      commit: FlightRecord.commitOffset)
    guard let ring = cshims_flight_open(path, layout, &fault) else { return nil }
    self.ring = ring
    hasFile = path != nil
    guard hasFile else { return }
    NamedThread("hf-recorder", stackBytes: 128 * 1024) { self.run() }.detach()
  }

  deinit { cshims_flight_close(ring) }

  /// Stores something.
  func change(_ body: (OpaquePointer) -> Void) {
    let mustWake = monitor.withLock {
      body(ring)
      made += 1
      defer { isAsleep = false }
      return isAsleep
    }
    if mustWake { monitor.wakeAll() }
  }

  func look(_ body: (OpaquePointer) -> Void) { monitor.withLock { body(ring) } }

  /// Waits until the file has what there is now.
  func settle(within limit: Duration) {
    guard hasFile else { return }
    let end = monotonicNanoseconds() + limit.nanoseconds
    monitor.lock()
    defer { monitor.unlock() }
    let target = made
    isAwaited = true
    monitor.wakeAll()
    while written < target, monotonicNanoseconds() < end { monitor.wait(until: end) }
    isAwaited = false
  }

  /// Nothing more is kept.
  func end() {
    monitor.withLock { isOver = true }
    monitor.wakeAll()
  }

  private func run() {
    monitor.lock()
    while true {
      while made == written, !isOver {
        isAsleep = true
        monitor.wait()
      }
      isAsleep = false
      if made == written { break }
      let target = made
      monitor.unlock()
      cshims_flight_write_out(ring)
      monitor.lock()
      written = target
      if isAwaited { monitor.wakeAll() }
      let next = monotonicNanoseconds() + Self.pause.nanoseconds
      while !isOver, !isAwaited, monotonicNanoseconds() < next { monitor.wait(until: next) }
    }
    monitor.unlock()
  }
}
