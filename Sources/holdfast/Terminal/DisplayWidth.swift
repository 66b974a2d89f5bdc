extension StringProtocol {
  /// Columns that a terminal gives to the text: two for East Asian wide characters and emoji, none
  /// for marks that combine.
  var displayWidth: Int {
    unicodeScalars.reduce(0) { $0 + $1.displayWidth }
  }

  /// The text in at most so many columns, its end marked where something was cut off.
  func truncated(toWidth width: Int) -> String {
    if displayWidth <= width { return String(self) }
    var kept = ""
    var used = 0
    for character in self {
      let more = String(character).displayWidth
      if used + more > width - 1 { break }
      kept.append(character)
      used += more
    }
    return kept + "…"
  }
}

extension Unicode.Scalar {
  fileprivate var displayWidth: Int {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0xFE00...0xFE0F: 0
    case 0..<0x300: 1
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1FAFF,
      0x20000...0x3FFFD:
      2
    default: properties.generalCategory == .nonspacingMark ? 0 : 1
    }
  }
}
