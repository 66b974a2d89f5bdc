internal import HoldfastControl
internal import HoldfastCore

/// `holdfast plugin top`
enum PluginTopCommand {
  static let command = Command(
    name: "top", summary: "watch what each plugin costs, and what it is in",
    details: """
      DELAY is how long whatever is handed to a thread waits for its turn, over the last minute, \
      LATENCY the time from a call to its answer since the host started, both in milliseconds. IN \
      is the call that holds a plugin's thread, for how long, and whether it computes (spinning) \
      or waits (blocked). CPU is that of the threads that the host makes for a plugin; it has no \
      count of threads that a plugin makes itself.

      On a terminal it draws anew each second: c, l, d, n and a sort, e shows each call, q ends it.
      """,
    options: [
      Option(
        name: "sort", value: "column", help: "cpu, latency, delay, calls or name (cpu)"),
      Option(name: "once", help: "print once and end, as it does where no terminal is"),
      Option(name: "calls", help: "a line for each call"),
      Option(name: "follow", help: "print once a second, without a terminal too"),
    ],
    examples: [
      Example("holdfast plugin top", "Watch."),
      Example("holdfast plugin top --once --sort latency", "The slowest first."),
      Example("holdfast plugin top --json --follow", "All figures each second, one line each."),
    ],
    body: { invocation throws(CommandFailure) in
      var screen = TopScreen()
      screen.order = try order(invocation)
      screen.showsCalls = invocation.has("calls")
      if invocation.has("follow") { return try follow(screen, invocation) }
      if invocation.isJSON {
        invocation.printJSON(try load(invocation))
      } else if invocation.has("once") || !invocation.terminal.isInteractive {
        invocation.terminal.print(screen.text(try load(invocation), invocation.terminal))
      } else {
        try watch(screen, invocation)
      }
      return .ok
    })

  private static func order(_ invocation: Invocation) throws(CommandFailure) -> TopScreen.Order {
    guard let name = invocation.value("sort") else { return .cpu }
    if let order = TopScreen.Order(rawValue: name) { return order }
    let known = TopScreen.Order.allCases.map(\.rawValue)
    throw CommandFailure(
      "--sort is one of \(known.joined(separator: ", ")), not \"\(name)\""
        + Suggestion.question(for: name, among: known), status: .usage)
  }

  private static func load(_ invocation: Invocation) throws(CommandFailure) -> HostLoad {
    guard case .load(let load) = try invocation.ask(.load) else { throw Invocation.strange }
    return load
  }

  /// Draws until the person has seen enough, or the host has ended.
  private static func watch(
    _ start: TopScreen, _ invocation: Invocation
  ) throws(CommandFailure) {
    var screen = start
    var former: HostLoad?
    var latest = try load(invocation)
    let live = LiveScreen()
    while true {
      let size = LiveScreen.size
      let terminal = Terminal(environment: invocation.environment)
      let shown = screen.lines(latest.shares(since: former), terminal, height: size.lines)
      guard live.draw(shown) else { return }
      switch live.wait(milliseconds: 1000) {
      case .end, .key(UInt8(ascii: "q")), .key(UInt8(ascii: "Q")), .key(3), .key(4), .key(27):
        return
      case .key(let key): screen.take(Character(Unicode.Scalar(key)))
      case .time:
        former = latest
        latest = try load(invocation)
      }
    }
  }

  /// Prints once a second until a signal ends it, or nobody reads any more.
  private static func follow(
    _ screen: TopScreen, _ invocation: Invocation
  ) throws(CommandFailure) -> ExitCode {
    var pause = OneSecond()
    repeat {
      let load = try load(invocation)
      let text =
        invocation.isJSON
        ? String(decoding: JSONText.encode(load), as: UTF8.self)
        : screen.text(load, invocation.terminal) + "\n"
      guard Terminal.write(text + "\n", to: 1) else { return .failed }
    } while pause.goesOn()
    return .ok
  }
}

extension TopScreen {
  /// A key was typed.
  mutating func take(_ key: Character) {
    if key == "e" { showsCalls.toggle() }
    if let order = Order.allCases.first(where: { $0.key == key }) { self.order = order }
  }
}
