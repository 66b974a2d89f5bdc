/// Rows under titles. On a terminal it fits the width; elsewhere nothing is cut off.
struct Table {
  struct Column {
    var title: String
    var isNumber = false
    /// May be cut to this many columns when the terminal is narrow; nil: never.
    var minimum: Int?
  }

  struct Cell {
    var text: String
    var style: Terminal.Style?
  }

  private let columns: [Column]
  private var rows: [[Cell]] = []

  init(_ columns: [Column]) { self.columns = columns }

  var isEmpty: Bool { rows.isEmpty }

  /// Adds a row; what would break a line is shown as a space.
  mutating func add(_ cells: [Cell]) {
    rows.append(
      cells.map { cell in
        let line = cell.text.map { $0.isNewline || $0 == "\t" ? " " : $0 }
        return Cell(text: Terminal.withoutControls(String(line)), style: cell.style)
      })
  }

  /// The lines, with the titles first.
  func render(_ terminal: Terminal) -> String {
    let widths = widths(within: terminal.width)
    let titles = columns.map { Cell(text: $0.title, style: .bold) }
    return ([titles] + rows).map { line($0, widths, terminal) }.joined(separator: "\n")
  }

  private func widths(within limit: Int?) -> [Int] {
    var widths = columns.indices.map { index in
      ([columns[index].title] + rows.map { $0[index].text }).map(\.displayWidth).max() ?? 0
    }
    guard let limit else { return widths }
    var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - limit
    // The widest gives first, so that short cells stay whole as long as possible.
    while excess > 0 {
      let shrinkable = widths.indices.filter { widths[$0] > columns[$0].minimum ?? .max }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  private func line(_ cells: [Cell], _ widths: [Int], _ terminal: Terminal) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let text = cell.text.truncated(toWidth: widths[index])
      let padding = String(repeating: " ", count: max(0, widths[index] - text.displayWidth))
      let shown = terminal.styled(text, cell.style)
      let isLast = index == cells.count - 1
      if columns[index].isNumber {
        line += padding + shown
      } else {
        line += isLast ? shown : shown + padding
      }
      if !isLast { line += "  " }
    }
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}

extension Table.Cell: ExpressibleByStringInterpolation {
  init(stringLiteral text: String) { self.init(text: text) }
}
