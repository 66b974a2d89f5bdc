/// Figures as Prometheus reads them: the text format, version 0.0.4.
public enum PrometheusText {
  /// What the answer's `Content-Type` is.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// The families as text; those without figures are left out.
  public static func render(_ families: [MetricFamily]) -> String {
    var text = ""
    for family in families where !family.points.isEmpty {
      text += "# HELP \(family.name) \(escaped(family.help, alsoQuotes: false))\n"
      text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
      for point in family.points { write(point, of: family, to: &text) }
    }
    return text
  }

  private static func write(
    _ point: MetricFamily.Point, of family: MetricFamily, to text: inout String
  ) {
    let pairs = zip(family.labels, point.labels).map { "\($0)=\"\(escaped($1))\"" }
    switch point.value {
    case .number(let value): text += "\(family.name)\(braces(pairs)) \(number(value))\n"
    case .histogram(let limits, let counts, let sum):
      var total: UInt64 = 0
      for (place, count) in counts.enumerated() {
        total += count
        let limit = place < limits.count ? number(limits[place]) : "+Inf"
        text += "\(family.name)_bucket\(braces(pairs + ["le=\"\(limit)\""])) \(total)\n"
      }
      text += "\(family.name)_sum\(braces(pairs)) \(number(sum))\n"
      text += "\(family.name)_count\(braces(pairs)) \(total)\n"
    }
  }

  private static func braces(_ pairs: [String]) -> String {
    pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
  }

  private static func escaped(_ text: String, alsoQuotes: Bool = true) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where alsoQuotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}
