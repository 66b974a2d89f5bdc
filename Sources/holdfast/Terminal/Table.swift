/// Rows under titles. On a terminal it fits the width; elsewhere nothing is cut off.
struct Table {
  struct Column {
    var title: String
    var isNumber = false
    /// May be cut to this many columns when the terminal is narrow; nil: never.
    var minimum: Int?
    /// Where a terminal has no room for all, those of the highest rank are left out first; 0:
    /// never.
    var rank = 0
    /// A terminal is not shown it if all of its cells are empty.
    var isOmittedIfEmpty = false
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
    let shown = shown(within: terminal.width)
    let widths = widths(of: shown, within: terminal.width)
    let titles = columns.map { Cell(text: $0.title, style: .bold) }
    return ([titles] + rows).map { line($0, shown, widths, terminal) }.joined(separator: "\n")
  }

  /// What a column takes if nothing is cut off.
  private func width(of column: Int) -> Int {
    ([columns[column].title] + rows.map { $0[column].text }).map(\.displayWidth).max() ?? 0
  }

  /// The columns that there is room for.
  private func shown(within limit: Int?) -> [Int] {
    guard let limit else { return Array(columns.indices) }
    var shown = columns.indices.filter { column in
      !columns[column].isOmittedIfEmpty || rows.contains { !$0[column].text.isEmpty }
    }
    let least = columns.indices.map { min(width(of: $0), columns[$0].minimum ?? .max) }
    while shown.reduce(0, { $0 + least[$1] }) + 2 * (shown.count - 1) > limit {
      let dispensable = shown.filter { columns[$0].rank > 0 }
      guard let last = dispensable.max(by: { columns[$0].rank < columns[$1].rank }) else { break }
      shown.removeAll { $0 == last }
    }
    return shown
  }

  private func widths(of shown: [Int], within limit: Int?) -> [Int] {
    var widths = columns.indices.map { shown.contains($0) ? width(of: $0) : 0 }
    guard let limit else { return widths }
    var excess = widths.reduce(0, +) + 2 * (shown.count - 1) - limit
    // The widest gives first, so that short cells stay whole as long as possible.
    while excess > 0 {
      let shrinkable = shown.filter { widths[$0] > columns[$0].minimum ?? .max }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  private func line(
    _ cells: [Cell], _ columnsShown: [Int], _ widths: [Int], _ terminal: Terminal
  ) -> String {
    var line = ""
    for index in columnsShown {
      let text = cells[index].text.truncated(toWidth: widths[index])
      let padding = String(repeating: " ", count: max(0, widths[index] - text.displayWidth))
      let shown = terminal.styled(text, cells[index].style)
      let isLast = index == columnsShown.last
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
