internal import HoldfastCore

/// What `plugin top` shows: figures in, text out.
struct TopScreen {
  /// What the plugins are in order of.
  enum Order: String, CaseIterable {
    case cpu, latency, delay, calls, name

    /// The key that chooses it.
    var key: Character {
      switch self {
      case .cpu: "c"
      case .latency: "l"
      case .delay: "d"
      case .calls: "n"
      case .name: "a"
      }
    }
  }

  var order = Order.cpu
  /// Each call has a line of its own.
  var showsCalls = false

  /// The text, with nothing cut off but what does not fit the width.
  func text(_ load: HostLoad, _ terminal: Terminal) -> String {
    var blocks = [head(load, terminal)]
    if !load.executors.isEmpty { blocks.append(Self.executors(load.executors, terminal)) }
    if !load.plugins.isEmpty { blocks.append(plugins(load.plugins, terminal)) }
    return blocks.joined(separator: "\n\n")
  }

  /// The lines for a window of a height, with the keys below.
  func lines(_ load: HostLoad, _ terminal: Terminal, height: Int) -> [String] {
    var lines = text(load, terminal).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    let room = max(1, height - 1)
    if lines.count > room { lines.removeLast(lines.count - room) }
    lines += Array(repeating: "", count: max(0, room - lines.count))
    if height > 1 { lines.append(terminal.styled(keys(terminal.width ?? 80), .dim)) }
    return lines
  }

  private func keys(_ width: Int) -> String {
    let orders = Order.allCases.map { "\($0.key) \($0.rawValue)\($0 == order ? "*" : "")" }
    return ("sort: " + orders.joined(separator: "  ") + "   e each call   q quit")
      .truncated(toWidth: width)
  }

  private func head(_ load: HostLoad, _ terminal: Terminal) -> String {
    let engine = load.executors.first { $0.name == "engine" }
    var lines: [String] = []
    if let line = LoadText.line(engine, load.process) {
      lines.append("\(line), \(load.process.threads) threads")
    }
    if let pressure = LoadText.pressure(load.process.pressure) { lines.append(pressure) }
    guard let width = terminal.width else { return lines.joined(separator: "\n") }
    return lines.map { $0.truncated(toWidth: width) }.joined(separator: "\n")
  }

  static func executors(_ rows: [ExecutorRow], _ terminal: Terminal) -> String {
    // The two last columns are left out where they do not fit.
    let isNarrow = terminal.width ?? .max < 64
    let columns: [Table.Column] = [
      .init(title: "THREAD"), .init(title: "DELAY P50", isNumber: true),
      .init(title: "P99", isNumber: true), .init(title: "P99.9", isNumber: true),
      .init(title: "MAX", isNumber: true), .init(title: "SINCE START P99.9", isNumber: true),
      .init(title: "MAX", isNumber: true),
    ]
    let shown = columns.count - (isNarrow ? 2 : 0)
    var table = Table(Array(columns.prefix(shown)))
    for row in rows {
      let isLate = row.outstandingMilliseconds >= 1000
      let figures = [
        row.p50Milliseconds, row.p99Milliseconds, row.p999Milliseconds, row.maxMilliseconds,
        row.sinceStart.p999Milliseconds, row.sinceStart.maxMilliseconds,
      ]
      let cells =
        [.init(text: row.name, style: isLate ? .red : nil)]
        + figures.map { Table.Cell(text: LoadText.milliseconds($0)) }
      table.add(Array(cells.prefix(shown)))
    }
    return table.render(terminal)
  }
}

// MARK: - Plugins

extension TopScreen {
  /// A column with the width of window from which on it is shown.
  private struct Field {
    var column: Table.Column
    var from = 0
    var plugin: (PluginLoadRow) -> Table.Cell
    var call: (CallRow) -> String = { _ in "" }
  }

  /// With `states` the column of states is there in a narrow window too, at the cost of others.
  private static func fields(_ width: Int, states: Bool) -> [Field] {
    let fields = [
      Field(
        column: .init(title: "PLUGIN", minimum: 8), plugin: { .init(text: $0.instance) },
        call: { "  \($0.call)" }),
      Field(
        column: .init(title: "STATE", minimum: 7), from: states ? 0 : 130,
        plugin: { .init(text: $0.state, style: $0.state == "running" ? .green : .yellow) }),
      Field(
        column: .init(title: "CPU%", isNumber: true),
        plugin: { .init(text: LoadText.percent($0.cpuPercent)) }),
      Field(
        column: .init(title: "TIME", isNumber: true), from: 140,
        plugin: { .init(text: Age.text(milliseconds: $0.cpuMilliseconds)) }),
      Field(
        column: .init(title: "CALLS", isNumber: true, rank: 1), plugin: { "\($0.calls)" },
        call: { "\($0.count)" }),
      Field(
        column: .init(title: "ERR", isNumber: true), from: 60,
        plugin: { .init(text: "\($0.failures)", style: $0.failures > 0 ? .yellow : nil) },
        call: { "\($0.failures)" }),
      Field(
        column: .init(title: "LATE", isNumber: true), from: 60,
        plugin: { .init(text: "\($0.timeouts)", style: $0.timeouts > 0 ? .yellow : nil) },
        call: { "\($0.timeouts)" }),
      Field(
        column: .init(title: "STALE", isNumber: true), from: 150, plugin: { "\($0.staleAnswers)" }),
      Field(column: .init(title: "EVENTS", isNumber: true), from: 110, plugin: { "\($0.events)" }),
      Field(
        column: .init(title: "WAIT", isNumber: true, rank: 2),
        plugin: { "\(max(UInt64($0.waiting), $0.eventBacklog))" }),
      Field(column: .init(title: "OUT", isNumber: true), from: 60, plugin: { "\($0.outstanding)" }),
      Field(
        column: .init(title: "DELAY P99/MAX", isNumber: true), from: 70,
        plugin: { .init(text: pair($0.delay)) }),
      Field(
        column: .init(title: "LATENCY P50/P99/MAX", isNumber: true), from: 100,
        plugin: { .init(text: triple($0.latency)) }, call: { triple($0.latency) }),
      Field(
        column: .init(title: "IN", minimum: width < 80 ? 10 : 16),
        plugin: { .init(text: now($0), style: style($0)) }),
    ]
    let room = states && width < 130 ? width - 11 : width
    return fields.filter { $0.from <= room }
  }

  private func plugins(_ rows: [PluginLoadRow], _ terminal: Terminal) -> String {
    let fields = Self.fields(
      terminal.width ?? .max, states: rows.contains { $0.state != "running" })
    var table = Table(fields.map(\.column))
    for row in sorted(rows) {
      table.add(fields.map { $0.plugin(row) })
      guard showsCalls else { continue }
      for call in row.callRows { table.add(fields.map { .init(text: $0.call(call), style: .dim) }) }
    }
    return table.render(terminal)
  }

  /// The plugins in the order that is asked for.
  func sorted(_ rows: [PluginLoadRow]) -> [PluginLoadRow] {
    let weight: (PluginLoadRow) -> [Double] = { row in
      switch order {
      case .cpu: [row.cpuPercent, Double(row.cpuMilliseconds)]
      case .latency: [row.latency.p99Milliseconds, row.latency.maxMilliseconds]
      case .delay: [row.delay.p99Milliseconds, row.delay.maxMilliseconds]
      case .calls: [Double(row.calls), Double(row.events)]
      case .name: []
      }
    }
    return rows.sorted { left, right in
      let (first, second) = (weight(left), weight(right))
      return first == second
        ? left.instance < right.instance : second.lexicographicallyPrecedes(first)
    }
  }

  private static func pair(_ delay: DelayFigures) -> String {
    if delay.samples == 0 { return "-" }
    return [delay.p99Milliseconds, delay.maxMilliseconds].map(LoadText.milliseconds)
      .joined(separator: "/")
  }

  private static func triple(_ delay: DelayFigures) -> String {
    if delay.samples == 0 { return "-" }
    return [delay.p50Milliseconds, delay.p99Milliseconds, delay.maxMilliseconds]
      .map(LoadText.milliseconds).joined(separator: "/")
  }

  private static func now(_ row: PluginLoadRow) -> String {
    guard let call = row.inProgress.first else { return "" }
    let others = row.inProgress.count > 1 ? " +\(row.inProgress.count - 1)" : ""
    let session = call.session.isEmpty ? "" : " \(call.session)"
    return "\(call.call) \(Age.text(milliseconds: call.ageMilliseconds))"
      + "\(LoadText.activity(call, before: " "))\(others)\(session)"
  }

  private static func style(_ row: PluginLoadRow) -> Terminal.Style? {
    row.inProgress.first.map { $0.ageMilliseconds >= 1000 } ?? false ? .red : nil
  }
}

extension HostLoad {
  /// The same with processor shares of the time since an earlier answer.
  func shares(since earlier: HostLoad?) -> HostLoad {
    guard let earlier, timeMilliseconds > earlier.timeMilliseconds else { return self }
    let time = Double(timeMilliseconds - earlier.timeMilliseconds)
    var load = self
    load.process.cpuPercent = Self.share(
      process.cpuMilliseconds, since: earlier.process.cpuMilliseconds, time)
    for index in load.plugins.indices {
      let row = load.plugins[index]
      guard let former = earlier.plugins.first(where: { $0.instance == row.instance }) else {
        continue
      }
      load.plugins[index].cpuPercent = Self.share(
        row.cpuMilliseconds, since: former.cpuMilliseconds, time)
    }
    return load
  }

  private static func share(_ now: UInt64, since earlier: UInt64, _ time: Double) -> Double {
    Double(now > earlier ? now - earlier : 0) / time * 100
  }
}
