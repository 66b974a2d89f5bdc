import Glibc

/// What the figures were measured on.
struct Machine {
  let processor: String
  let cores: Int
  let memory: String
  let kernel: String
  let date: String
  let load: String

  init() {
    let lines = contents(of: "/proc/cpuinfo").split(separator: "\n")
    let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
    processor = model.map { String($0.drop { $0 == " " }) } ?? "unknown"
    cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    memory = "\((pages * sysconf(Int32(_SC_PAGESIZE))) >> 30) GiB"
    kernel = "Linux " + contents(of: "/proc/sys/kernel/osrelease").filter { $0 != "\n" }
    load = Machine.currentLoad
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    let two = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
    date =
      "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)) UTC"
  }

  /// Processes that wanted to run, averaged over the last minute.
  static var currentLoad: String {
    contents(of: "/proc/loadavg").split(separator: " ").first.map { String($0) } ?? ""
  }
}

/// A small file as text; empty if it cannot be read.
func contents(of path: String) -> String {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return "" }
  defer { close(file) }
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(file, &piece, piece.count)
    if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes += piece.prefix(count)
  }
}

/// Names of what lies in a folder, hidden things left out.
func names(in folder: String) -> [String] {
  guard let stream = opendir(folder) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names
}

/// Whether there is a file.
func isFile(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Writes a file anew.
func write(_ text: String, to path: String) throws {
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard file >= 0 else { throw BenchmarkFailure("cannot write \(path)") }
  defer { close(file) }
  let bytes = Array(text.utf8)
  guard Glibc.write(file, bytes, bytes.count) == bytes.count else {
    throw BenchmarkFailure("cannot write \(path)")
  }
}

/// The monotonic clock, in nanoseconds.
func nanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Milliseconds since `start`.
func milliseconds(since start: UInt64) -> Double { Double(nanoseconds() - start) / 1e6 }

/// Seconds that all threads of this process have run so far.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Lets the machine be idle.
func idle(microseconds: UInt32) { usleep(microseconds) }
