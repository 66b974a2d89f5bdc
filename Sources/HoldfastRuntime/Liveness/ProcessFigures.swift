internal import Glibc
internal import HoldfastCore

/// What the system says of this process.
enum ProcessFigures {
  /// Processor time of all threads so far.
  static var processorTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
  }

  /// All there is, but for the share of a core. Reads files of the kernel's.
  static func row() -> ProcessRow {
    var row = ProcessRow()
    row.cpuMilliseconds = processorTime.milliseconds
    for line in text("/proc/self/status").split(separator: "\n") {
      let words = line.split { $0 == "\t" || $0 == " " }
      guard words.count > 1, let number = Int(words[1]) else { continue }
      switch words[0] {
      case "VmRSS:": row.residentBytes = UInt64(number) * 1024
      case "Threads:": row.threads = number
      default: continue
      }
    }
    row.descriptors = descriptors()
    row.pressure = ["cpu", "memory", "io"].compactMap {
      PressureRow(resource: $0, text: text("/proc/pressure/\($0)"))
    }
    return row
  }

  private static func text(_ path: String) -> String {
    let content = try? ConfigurationFile.read(path, limit: 65_536)
    return String(decoding: content ?? [], as: UTF8.self)
  }

  /// Open descriptors, without the one that is needed to count them.
  private static func descriptors() -> Int {
    guard let folder = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(folder) }
    var count = -1
    while let entry = readdir(folder) {
      if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
    }
    return count
  }
}
