internal import Glibc

/// Where the program writes.
struct Terminal: Sendable {
  /// Standard output is a terminal.
  let isInteractive: Bool
  /// Columns that a line may take; nil where nobody looks at columns.
  let width: Int?
  private let hasColour: Bool

  /// Asks the system what standard output is.
  init(environment: [String: String]) {
    isInteractive = isatty(1) == 1
    var size = winsize()
    let isKnown = isInteractive && ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    let set = environment["COLUMNS"].flatMap { Int($0) }
    width = isInteractive ? max(40, isKnown ? Int(size.ws_col) : set ?? 80) : nil
    hasColour =
      isInteractive && environment["NO_COLOR", default: ""].isEmpty
      && environment["TERM"] != "dumb"
  }

  /// A terminal of a test.
  init(width: Int?, hasColour: Bool = false) {
    isInteractive = width != nil
    self.width = width
    self.hasColour = hasColour
  }

  /// How text may stand out.
  enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  /// The text, made to stand out where that is wanted.
  func styled(_ text: String, _ style: Style?) -> String {
    guard let style, hasColour, !text.isEmpty else { return text }
    return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
  }

  /// Writes a line to standard output.
  func print(_ text: String) { Self.write(text + "\n", to: 1) }

  /// Writes a line to standard error.
  func complain(_ text: String) { Self.write(text + "\n", to: 2) }

  /// Text that cannot do anything to the terminal it is shown on.
  func harmless(_ text: String) -> String { isInteractive ? Self.withoutControls(text) : text }

  /// The text without control characters, but with its lines and tabs.
  static func withoutControls(_ text: String) -> String {
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      kept.append(isControl && scalar != "\n" && scalar != "\t" ? "\u{FFFD}" : scalar)
    }
    return String(kept)
  }

  /// Writes all of it; false if the other side is gone.
  @discardableResult
  static func write(_ text: String, to file: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(65_536))
      let count = Glibc.write(file, piece, piece.count)
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Whoever shares the descriptor made it non-blocking.
        var entry = [pollfd(fd: file, events: Int16(POLLOUT), revents: 0)]
        poll(&entry, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
