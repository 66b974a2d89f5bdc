import Glibc

/// Delay over time as a picture: a line for each series, milliseconds on a logarithmic scale.
struct DelayPicture {
  /// One line.
  struct Series {
    var name: String
    var colour: String
    /// Seconds since the start, and milliseconds.
    var points: [(seconds: Double, milliseconds: Double)]
  }

  let title: String
  let series: [Series]
  /// What must not be reached, in milliseconds.
  let bound: Double

  private static let (width, height) = (960.0, 420.0)
  private static let (left, right, top, bottom) = (64.0, 24.0, 48.0, 44.0)
  /// The scale's ends, in milliseconds.
  private static let (least, most) = (0.001, 10_000.0)

  private var seconds: Double {
    max(1, series.flatMap(\.points).map(\.seconds).max() ?? 1)
  }

  private func x(_ value: Double) -> Double {
    Self.left + value / seconds * (Self.width - Self.left - Self.right)
  }

  private func y(_ milliseconds: Double) -> Double {
    let clamped = min(Self.most, max(Self.least, milliseconds))
    let share = (log10(clamped) - log10(Self.least)) / (log10(Self.most) - log10(Self.least))
    return Self.height - Self.bottom - share * (Self.height - Self.top - Self.bottom)
  }

  /// An SVG document.
  var svg: String {
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="960" height="420" viewBox="0 0 960 420" \
      font-family="sans-serif" font-size="12">
      <rect width="960" height="420" fill="white"/>
      <text x="64" y="22" font-size="15">\(title)</text>
      """
    ]
    var value = Self.least
    while value <= Self.most * 1.01 {
      let place = number(y(value))
      parts.append("<line x1=\"64\" x2=\"936\" y1=\"\(place)\" y2=\"\(place)\" stroke=\"#ddd\"/>")
      parts.append(text(label(value), x: 58, y: y(value) + 4, "end"))
      value *= 10
    }
    for step in 0...6 {
      let second = seconds * Double(step) / 6
      parts.append(text("\(short(second)) s", x: x(second), y: 396, "middle"))
    }
    let limit = number(y(bound))
    parts.append(
      "<line x1=\"64\" x2=\"936\" y1=\"\(limit)\" y2=\"\(limit)\" stroke=\"#c00\" "
        + "stroke-dasharray=\"6 4\"/>")
    for (place, line) in series.enumerated() { parts.append(drawing(of: line, place)) }
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  private func text(_ words: String, x: Double, y: Double, _ anchor: String) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(words)</text>"
  }

  private func drawing(of line: Series, _ place: Int) -> String {
    let points = line.points.map { "\(number(x($0.seconds))),\(number(y($0.milliseconds)))" }
    let left = number(Self.left + 8 + Double(place) * 220)
    return """
      <polyline fill="none" stroke="\(line.colour)" stroke-width="1.4" \
      points="\(points.joined(separator: " "))"/>
      <text x="\(left)" y="40" fill="\(line.colour)">\(line.name)</text>
      """
  }

  private func label(_ milliseconds: Double) -> String {
    milliseconds >= 1 ? "\(Int(milliseconds)) ms" : "\(Int((milliseconds * 1000).rounded())) µs"
  }

  private func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(abs(tenths % 10))"
  }
}
