import Glibc

/// The numbers that the benchmark's plugins share with this program; see plugins/bench.h.
final class SharedCounters {
  /// Places in the file.
  enum Field: Int {
    case retainedTurns, retainedBatches, retainedBytes, events, samples, began, ended, replies
    case wantedTurns, chats, hangs
  }

  let path: String
  private let memory: UnsafeMutablePointer<UInt64>
  private static let firstSample = 16
  private static let places = firstSample + 1 << 16

  /// Makes the file anew.
  init(path: String) throws {
    self.path = path
    let bytes = Self.places * MemoryLayout<UInt64>.size
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0, ftruncate(file, bytes) == 0,
      let address = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    else { throw BenchmarkFailure("cannot share \(path)") }
    close(file)
    memory = address.bindMemory(to: UInt64.self, capacity: Self.places)
  }

  deinit { munmap(memory, Self.places * MemoryLayout<UInt64>.size) }

  subscript(field: Field) -> UInt64 {
    get { memory[field.rawValue] }
    set { memory[field.rawValue] = newValue }
  }

  /// Waits until a number has come so far.
  func wait(for field: Field, atLeast value: UInt64, seconds: UInt64 = 60) throws {
    let end = nanoseconds() + seconds * 1_000_000_000
    while self[field] < value {
      guard nanoseconds() < end else {
        throw BenchmarkFailure("\(field) stays at \(self[field]) of \(value)")
      }
      idle(microseconds: 1000)
    }
  }

  /// What the listener noted: nanoseconds, and whether its core was that of the commit.
  var samples: [(nanoseconds: Double, isSameCore: Bool)] {
    (0..<Int(self[.samples])).map {
      let sample = memory[Self.firstSample + $0]
      return (Double(sample >> 1), sample & 1 == 1)
    }
  }
}
