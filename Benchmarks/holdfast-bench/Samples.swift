/// Measurements of one thing.
struct Samples {
  private let sorted: [Double]

  init(_ values: [Double]) { sorted = values.sorted() }

  var count: Int { sorted.count }
  var median: Double { quantile(0.5) }

  /// The value that the given share of the measurements stayed within; 0 without any.
  func quantile(_ share: Double) -> Double {
    if sorted.isEmpty { return 0 }
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
  }
}

/// A number with as many digits as say something.
func short(_ value: Double) -> String {
  switch abs(value) {
  case 100...: grouped(Int(value.rounded()))
  case 10..<100: decimal(value, digits: 1)
  default: decimal(value, digits: 2)
  }
}

/// Thousands stand apart.
func grouped(_ value: Int) -> String {
  var text = ""
  for (place, digit) in String(abs(value)).reversed().enumerated() {
    if place > 0, place % 3 == 0 { text.append(" ") }
    text.append(digit)
  }
  return (value < 0 ? "-" : "") + String(text.reversed())
}

private func decimal(_ value: Double, digits: Int) -> String {
  let scale = digits == 1 ? 10 : 100
  let whole = Int((abs(value) * Double(scale)).rounded())
  let fraction = String(whole % scale)
  let zeros = String(repeating: "0", count: digits - fraction.count)
  return (value < 0 ? "-" : "") + "\(whole / scale).\(zeros)\(fraction)"
}
