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
}
