internal import CShims
internal import Glibc
internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastThreads

/// The last events of diagnostics, of which the oldest make room for new ones. They lie in a file
/// that is mapped, so that they are there after `kill -9` too; where that cannot be, in memory
/// alone, and a host that has not even that keeps none. From any thread.
final class FlightRecorder: @unchecked Sendable {
  // Safe: `ring`, `header` and `next` are used under the monitor's lock.
  private let monitor = Monitor()
  private let ring: OpaquePointer?
  private var next = 0
  private var header = FlightRing.Header()
  /// Why nothing is left after a crash, one sentence; nil if something is.
  let problem: String?

  /// Makes the file at `path` anew; without a path, or where that fails, it is memory.
  init(path: String?, startedMilliseconds: Int64 = WallTime.now.milliseconds) {
    var fault: Int32 = 0
    var made = cshims_flight_open(path, FlightRing.fileSize, &fault)
    if let path, made == nil {
      problem =
        "the flight recorder \(path) cannot be kept: \(systemText(fault)); what happens is in "
        + "memory alone and will not be known after a crash; make room or make the folder writable"
      made = cshims_flight_open(nil, FlightRing.fileSize, &fault)
    } else {
      problem = nil
    }
    ring = made
    header.pid = getpid()
    header.startedMilliseconds = startedMilliseconds
    header.version = Holdfast.version
    writeHeader()
  }

  deinit { if let ring { cshims_flight_close(ring) } }

  /// Keeps an event.
  func keep(_ event: DiagnosticEvent) {
    guard let ring else { return }
    let record = FlightRecord.encode(event)
    monitor.withLock {
      let place = FlightRing.headerSize + next * FlightRecord.size
      cshims_flight_store(ring, place, record, record.count, FlightRecord.commitOffset)
      next = (next + 1) % FlightRing.capacity
      if event.name == .heartbeat {
        header.heartbeatMilliseconds = event.time.milliseconds
        cshims_flight_set(
          ring, FlightRing.Header.heartbeatOffset, UInt64(bitPattern: event.time.milliseconds))
      }
    }
  }

  /// Writes down how the host ends.
  func end(_ ending: FlightRing.Ending, words: String = "") {
    monitor.withLock {
      header.ending = ending
      header.words = words
      writeHeader()
    }
  }

  private func writeHeader() {
    guard let ring else { return }
    let bytes = header.bytes
    cshims_flight_store(ring, 0, bytes, bytes.count, FlightRing.Header.endingOffset)
  }

  /// Everything that is kept, as a file would hold it; nil if nothing can be kept.
  var contents: FlightRing? {
    guard let ring else { return nil }
    var bytes = [UInt8](repeating: 0, count: FlightRing.fileSize)
    monitor.withLock { _ = cshims_flight_load(ring, 0, &bytes, bytes.count) }
    return FlightRing(bytes)
  }

  /// What is kept, oldest first.
  var events: [DiagnosticEvent] { contents?.events ?? [] }
}
