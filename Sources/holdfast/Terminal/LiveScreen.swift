internal import CShims
internal import Glibc

/// A terminal's other screen, drawn anew each second, with keys that are read as they are typed.
/// What was there before comes back with the end of this value.
struct LiveScreen: ~Copyable {
  /// What ended a wait.
  enum Event: Equatable {
    case key(UInt8)
    /// It is time to draw again.
    case time
    /// The person, or the system, wants it to end.
    case end
  }

  private let former: termios?
  private let signals: Int32

  /// Takes the terminal over. Signals that end the program are events from now on.
  init() {
    signals = cshims_stop_signals()
    var settings = termios()
    if isatty(0) == 1, tcgetattr(0, &settings) == 0 {
      former = settings
      settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
      tcsetattr(0, TCSANOW, &settings)
    } else {
      former = nil
    }
    Terminal.write("\u{1B}[?1049h\u{1B}[?25l", to: 1)
  }

  deinit {
    Terminal.write("\u{1B}[?25h\u{1B}[?1049l", to: 1)
    if var former { tcsetattr(0, TCSANOW, &former) }
  }

  /// Columns and lines, which may change at any time.
  static var size: (columns: Int, lines: Int) {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Shows the lines in place of what was there; false if the terminal is gone.
  func draw(_ lines: [String]) -> Bool {
    let text = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
    return Terminal.write("\u{1B}[H" + text + "\u{1B}[J", to: 1)
  }

  /// Waits for a key, at most so long.
  func wait(milliseconds: Int32) -> Event {
    var entries = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)]
    if former != nil { entries.append(pollfd(fd: 0, events: Int16(POLLIN), revents: 0)) }
    poll(&entries, nfds_t(entries.count), milliseconds)
    if entries[0].revents != 0, cshims_next_stop_signal(signals) != 0 { return .end }
    guard entries.count > 1, entries[1].revents != 0 else { return .time }
    var key: UInt8 = 0
    return read(0, &key, 1) == 1 ? .key(key) : .end
  }
}

/// Pauses of a second that a signal ends.
struct OneSecond {
  private let signals = cshims_stop_signals()

  /// False once the program is to end.
  mutating func goesOn() -> Bool {
    var entries = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)]
    poll(&entries, 1, 1000)
    return entries[0].revents == 0 || cshims_next_stop_signal(signals) == 0
  }
}
