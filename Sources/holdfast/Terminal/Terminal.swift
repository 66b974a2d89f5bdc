internal import Glibc
internal import Synchronization

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

  /// Sentences that break between words where a terminal's lines end, and are harmless there. Lines
  /// after the first are indented by `hanging`.
  func prose(_ text: String, hanging: Int = 0, _ style: Style? = nil) -> String {
    let lines = harmless(text).split(separator: "\n", omittingEmptySubsequences: false)
    guard let width else { return lines.map { styled(String($0), style) }.joined(separator: "\n") }
    return lines.flatMap { line -> [String] in
      if line.displayWidth <= width { return [String(line)] }
      let indent = line.prefix { $0 == " " }.count
      return HelpText.wrap(
        String(line), indent: indent, hanging: max(indent, hanging), width: width)
    }.map { styled($0, style) }.joined(separator: "\n")
  }

  /// Writes a line to standard output.
  func print(_ text: String) { Self.write(text + "\n", to: 1) }

  /// Writes a line to standard error.
  func complain(_ text: String) {
    Self.write((isatty(2) == 1 ? prose(text) : text) + "\n", to: 2)
  }

  /// Why standard output could not be written, if not because its reader is gone; else 0.
  static var fault: Int32 { lastFault.load(ordering: .relaxed) }
  private static let lastFault = Atomic<Int32>(0)

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
        if file == 1, errno != EPIPE { lastFault.store(errno, ordering: .relaxed) }
        return false
      }
    }
    return true
  }
}
