internal import CShims
internal import HoldfastControl
internal import HoldfastCore

/// `holdfast events`
enum EventsCommand {
  static let command = Command(
    name: "events", summary: "follow what happens in a running host",
    details: """
      Events say what happened, to which session and plugin, and for how long; never what was \
      said. Those whose names begin with `bus.` are what plugins hear of.
      """,
    examples: [
      Example("holdfast events tail", "See what happens, until Ctrl-C."),
      Example("holdfast events replay", "See the last 4096 events of diagnostics."),
    ],
    subcommands: [tail, replay])

  private static let filters: [Option] = [
    Option(
      name: "name", value: "pattern", repeats: true,
      help: "only events of this name, in which * stands for any text"),
    Option(name: "session", value: "id", help: "only those about one session"),
    Option(name: "plugin", value: "name", help: "only those about one plugin"),
  ]

  private static let tail = Command(
    name: "tail", summary: "print events as they happen, until Ctrl-C",
    details: """
      Whoever reads too slowly is told how many events are missing; the host waits for nobody. \
      Exit status 3 if the host ends.
      """,
    options: filters + [
      Option(name: "since-start", help: "first those that the host has recorded")
    ],
    examples: [
      Example(
        "holdfast events tail --name 'session.*' --name 'turn.*'",
        "What becomes of sessions and turns."),
      Example(
        "holdfast events tail --plugin notes --since-start --json",
        "All about one plugin, one object in each line."),
    ],
    body: { invocation throws(CommandFailure) in
      var filter = try filter(invocation)
      filter.sinceStart = invocation.has("since-start")
      return try follow(invocation, filter)
    })

  private static let replay = Command(
    name: "replay", summary: "print the events that the host has recorded",
    options: filters,
    examples: [
      Example("holdfast events replay --name '*.stalled'", "Which sessions made no progress?")
    ],
    body: { invocation throws(CommandFailure) in
      var filter = try filter(invocation)
      filter.sinceStart = true
      filter.follows = false
      return try follow(invocation, filter)
    })

  private static func filter(_ invocation: Invocation) throws(CommandFailure) -> EventFilter {
    var filter = EventFilter()
    filter.names = invocation.arguments.options["name"] ?? []
    filter.session = invocation.value("session")
    filter.plugin = invocation.value("plugin")
    if let problem = filter.problem { throw CommandFailure(problem, status: .usage) }
    return filter
  }

  private static func follow(
    _ invocation: Invocation, _ filter: EventFilter
  ) throws(CommandFailure) -> ExitCode {
    let client = ControlClient(path: invocation.paths.controlSocket)
    let isJSON = invocation.isJSON
    let terminal = invocation.terminal
    var refusal: String?
    let end: ControlClient.FollowingEnd
    do throws(ControlFailure) {
      end = try client.follow(.events(filter), stop: cshims_stop_signals()) { answer in
        let line: String
        switch answer {
        case .event(let event): line = isJSON ? json(event) : EventText.line(event, terminal)
        case .missed(let count): line = isJSON ? json(Missed(missed: count)) : gap(count, terminal)
        case .refused(let reason):
          refusal = reason
          return false
        default: return true
        }
        // A reader that is gone wants no more.
        return Terminal.write(line + "\n", to: 1)
      }
    } catch {
      throw invocation.failure(error)
    }
    if let refusal { throw CommandFailure(refusal) }
    if end == .hostEnded, filter.follows {
      throw CommandFailure("the host has ended", status: .notRunning)
    }
    return .ok
  }

  private struct Missed: Encodable { var missed: Int }

  private static func json(_ value: some Encodable) -> String {
    String(decoding: JSONText.encode(value), as: UTF8.self)
  }

  private static func gap(_ count: Int, _ terminal: Terminal) -> String {
    terminal.styled(
      "… \(count) events are missing here; they came faster than they were read", .dim)
  }
}
