internal import HoldfastCore

/// Sessions that need attention, as `holdfast status` shows them.
enum AttentionTable {
  static func render(_ rows: [AttentionStatusRow], _ terminal: Terminal) -> String {
    var table = Table([
      .init(title: "SESSION", minimum: 26), .init(title: "PLACE", minimum: 8, rank: 2),
      .init(title: "ATTENTION"), .init(title: "PLUGIN", minimum: 8),
      .init(title: "CALL", minimum: 8), .init(title: "AGE", isNumber: true),
      .init(title: "ATTEMPTS", isNumber: true, rank: 1),
    ])
    for row in rows {
      let style: Terminal.Style = row.event == "session.long_running" ? .yellow : .red
      table.add([
        "\(row.session)", "\(row.place)",
        .init(text: row.isLeftToPerson ? "left to a person" : row.classification, style: style),
        "\(row.plugin)", "\(row.call)", "\(Age.text(milliseconds: row.ageMilliseconds))",
        "\(row.attempts)",
      ])
    }
    return table.render(terminal)
  }
}
