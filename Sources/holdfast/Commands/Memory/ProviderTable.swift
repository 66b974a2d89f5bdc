internal import HoldfastCore

/// Memory providers as `status` and `memory status` show them.
enum ProviderTable {
  static func render(_ rows: [ProviderStatusRow], _ terminal: Terminal) -> String {
    var table = Table([
      .init(title: "MEMORY", minimum: 8), .init(title: "AGENT", minimum: 5),
      .init(title: "STATE", minimum: 7), .init(title: "STORED", isNumber: true),
      .init(title: "OWED", isNumber: true), .init(title: "OLDEST", isNumber: true),
      .init(title: "PARKED", isNumber: true), .init(title: "RECALL", isNumber: true),
      .init(title: "LATE", isNumber: true), .init(title: "STALE", isNumber: true),
    ])
    for row in rows {
      let oldest = row.oldestAgeMilliseconds
      table.add([
        "\(row.instance)", "\(row.agent)",
        .init(text: row.state, style: row.state == "running" ? .green : .yellow),
        "\(row.acknowledgedTurns)",
        .init(text: "\(row.backlogTurns)", style: row.backlogTurns > 0 ? .yellow : nil),
        "\(oldest > 0 ? Age.text(milliseconds: oldest) : "-")",
        .init(text: "\(row.parkedBatches)", style: row.parkedBatches > 0 ? .red : nil),
        "\(latency(row))", "\(row.lateRecalls)", "\(row.staleRecalls)",
      ])
    }
    return ([table.render(terminal)] + rows.flatMap { notes($0, terminal) })
      .joined(separator: "\n")
  }

  private static func latency(_ row: ProviderStatusRow) -> String {
    if row.recalls == 0 { return "-" }
    return "\(short(row.recallMedianMilliseconds))/\(short(row.recallP99Milliseconds)) ms"
  }

  /// Two digits of what is below 10 are enough to compare by.
  private static func short(_ milliseconds: Double) -> String {
    if milliseconds >= 10 { return "\(Int(milliseconds.rounded()))" }
    return "\((milliseconds * 10).rounded() / 10)"
  }

  /// What does not fit into columns.
  private static func notes(_ row: ProviderStatusRow, _ terminal: Terminal) -> [String] {
    var notes: [String] = []
    if !row.alarm.isEmpty { notes.append(terminal.prose(row.alarm, hanging: 2, .yellow)) }
    if row.unknownBatches > 0 {
      let batches = Count.text(row.unknownBatches, "batch", "batches")
      notes.append("\(row.instance): \(batches) may or may not be stored")
    }
    if row.parkedBatches > 0 {
      let batches = Count.text(row.parkedBatches, "batch waits", "batches wait")
      notes.append(
        terminal.prose(
          "\(row.instance): \(batches) for a decision; `holdfast memory pending "
            + "\(row.instance) --parked` shows more", hanging: 2))
    }
    if row.recallState != "running" {
      notes.append("\(row.instance): is not asked for a while, since recalls failed in a row")
    }
    if row.backlogSessions > 0 || row.owedWithdrawals > 0 {
      let sessions = Count.text(row.backlogSessions, "session owes", "sessions owe")
      let withdrawals = Count.text(row.owedWithdrawals, "withdrawal is", "withdrawals are")
      notes.append("\(row.instance): \(sessions) turns, \(withdrawals) owed")
    }
    if let share = row.backfill {
      notes.append(
        "\(row.instance): a backfill is at \(Int(share * 100)) %, "
          + "\(Count.text(row.backfilledTurns, "turn")) so far")
    }
    if !row.lastError.isEmpty {
      let age = Age.text(milliseconds: row.lastErrorAgeMilliseconds)
      notes.append(terminal.prose("\(row.instance): \(age) ago: \(row.lastError)", hanging: 2))
    }
    if !row.destination.isEmpty {
      notes.append(terminal.styled("\(row.instance): stores in \(row.destination)", .dim))
    }
    return notes
  }
}
