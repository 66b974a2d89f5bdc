internal import Glibc
internal import HoldfastCore
internal import HoldfastPorts

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
    let status = SystemText.read("/proc/self/status")
    row.residentBytes = (SystemText.number("VmRSS:", in: status) ?? 0) * 1024
    row.threads = Int(SystemText.number("Threads:", in: status) ?? 0)
    // The one that lists them is among them.
    row.descriptors = max(0, FolderListing.names(in: "/proc/self/fd").count - 1)
    row.pressure = ["cpu", "memory", "io"].compactMap {
      PressureRow(resource: $0, text: SystemText.read("/proc/pressure/\($0)"))
    }
    return row
  }

  /// What threads have computed in milliseconds, by their names; of threads with the same name
  /// together. The kernel cuts names to 15 bytes.
  static var cpuByThread: [String: UInt64] {
    var found: [String: UInt64] = [:]
    let ticks = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    for task in FolderListing.names(in: "/proc/self/task") {
      let stat = SystemText.read("/proc/self/task/\(task)/stat")
      // The name stands between parentheses and may hold some of its own.
      guard let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")") else {
        continue
      }
      let fields = stat[stat.index(after: close)...].split(separator: " ")
      guard fields.count > 12, let user = UInt64(fields[11]), let system = UInt64(fields[12])
      else { continue }
      let name = String(stat[stat.index(after: open)..<close])
      found[name, default: 0] += (user + system) * 1000 / ticks
    }
    return found
  }
}
