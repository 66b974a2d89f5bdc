internal import Glibc
internal import HoldfastCore
internal import HoldfastPorts

/// What the system says of this process at one moment.
struct ProcessSample: Codable, Equatable {
  /// Resident memory.
  var residentBytes: UInt64 = 0
  /// What all its threads have computed.
  var cpuMilliseconds: UInt64 = 0
  /// Its threads.
  var threads = 0
  /// Its open descriptors.
  var descriptors = 0
  /// The kernel's pressure figures by resource, as it writes them; none where it keeps none.
  var pressure: [String: String] = [:]

  /// Of this process, now.
  static var now: ProcessSample {
    var sample = ProcessSample()
    let status = SystemText.read("/proc/self/status")
    sample.residentBytes = (SystemText.number("VmRSS:", in: status) ?? 0) * 1024
    sample.threads = Int(SystemText.number("Threads:", in: status) ?? 0)
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    sample.cpuMilliseconds = UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    // The one that lists them is among them.
    sample.descriptors = max(0, FolderListing.names(in: "/proc/self/fd").count - 1)
    for resource in ["cpu", "io", "memory"] {
      let text = SystemText.read("/proc/pressure/\(resource)")
      if let line = text.split(separator: "\n").first { sample.pressure[resource] = String(line) }
    }
    return sample
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

/// Short files of the system.
enum SystemText {
  /// What is in it, empty if it cannot be read.
  static func read(_ path: String) -> String {
    let bytes = try? ConfigurationFile.read(path, limit: 65_536)
    return String(decoding: bytes ?? [], as: UTF8.self)
  }

  /// The number behind a word at the beginning of a line.
  static func number(_ word: String, in text: String) -> UInt64? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(word) }) else {
      return nil
    }
    return line.dropFirst(word.count).split { $0 == " " || $0 == "\t" }.first.flatMap { UInt64($0) }
  }

  /// The kernel's release, such as `6.1.0`.
  static var kernel: String {
    String(read("/proc/sys/kernel/osrelease").prefix { !$0.isNewline })
  }
}
