internal import HoldfastCore

/// Figures of delay and use, for people.
enum LoadText {
  /// Milliseconds with as many digits as matter: `0.02`, `1.30`, `12.5`, `250`, and from ten
  /// seconds on `93 s`.
  static func milliseconds(_ value: Double) -> String {
    switch value {
    case ..<10: decimal(value, places: 2)
    case ..<100: decimal(value, places: 1)
    case 10_000..<1e12: "\(Int(value / 1000)) s"
    default: decimal(value, places: 0)
    }
  }

  /// Hundredths: `0.04`, `1.3`, `98`.
  static func percent(_ value: Double) -> String {
    decimal(value, places: value < 1 ? 2 : value < 10 ? 1 : 0)
  }

  /// Mebibytes.
  static func mebibytes(_ bytes: UInt64) -> String { "\((bytes + 524_288) / 1_048_576) MiB" }

  static func decimal(_ value: Double, places: Int) -> String {
    let scale = [1, 10, 100][min(places, 2)]
    guard value.isFinite, value >= 0, value < 1e15 else { return "?" }
    let scaled = Int((value * Double(scale)).rounded())
    if places == 0 { return "\(scaled)" }
    let fraction = String(scale + scaled % scale).dropFirst()
    return "\(scaled / scale).\(fraction)"
  }

  /// Delay of the host and use of the machine in one line.
  static func line(_ engine: ExecutorRow?, _ process: ProcessRow?) -> String? {
    var parts: [String] = []
    if let engine, engine.samples > 0 {
      parts.append(
        "delay p99 \(milliseconds(engine.p99Milliseconds)) ms, "
          + "max \(milliseconds(engine.maxMilliseconds)) ms, last minute")
    }
    if let process {
      parts.append(
        "cpu \(percent(process.cpuPercent)) %, \(mebibytes(process.residentBytes)), "
          + "\(process.descriptors) descriptors")
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// What `status` says of it: one line, and one for each call that takes long.
  static func lines(of status: HostStatus) -> [String] {
    let engine = status.executors.first { $0.name == "engine" }
    return [line(engine, status.process)].compactMap { $0 }
      + status.longCalls.map { call in
        let session = call.session.isEmpty ? "" : ", session \(call.session)"
        return "plugin \(call.plugin) is in \(call.call) since "
          + "\(Age.clock(call.sinceMilliseconds)), \(Age.text(milliseconds: call.ageMilliseconds))"
          + "\(session)\(activity(call, before: ", "))"
      }
  }

  /// `spinning` or `blocked` behind a separator; nothing where that is not known.
  static func activity(_ call: CallInProgress, before separator: String) -> String {
    call.activity == .unknown ? "" : separator + call.activity.rawValue
  }

  /// What the kernel says of the machine: the share of 10 s in which some, and all, had to wait.
  static func pressure(_ rows: [PressureRow]) -> String? {
    if rows.isEmpty { return nil }
    let parts = rows.map { row in
      "\(row.resource) \(percent(row.someTenSeconds)) % (all: \(percent(row.fullTenSeconds)) %)"
    }
    return "kernel pressure: " + parts.joined(separator: ", ")
  }
}
