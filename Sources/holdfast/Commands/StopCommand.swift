internal import HoldfastCore

/// `holdfast stop`
enum StopCommand {
  static let command = Command(
    name: "stop", summary: "stop the host in an orderly way",
    details: """
      Nothing is lost: turns that were said are in the journal, and memory providers get what they \
      are owed after the next start. Returns when the host has ended.
      """,
    options: [
      Option(name: "timeout", value: "s", help: "how long to wait for its end, in seconds (30)")
    ],
    examples: [Example("holdfast stop", "Stop the host and wait until it is gone.")],
    body: { invocation throws(CommandFailure) in
      let seconds = try invocation.number("timeout", in: 1...3600, default: 30)
      let answer = try invocation.ask(.stop, timeout: .seconds(seconds), untilEnd: true)
      guard case .done = answer else { throw Invocation.strange }
      if invocation.isHostRunning {
        throw CommandFailure("the host is still stopping after \(seconds) s; it was told to end")
      }
      invocation.tell("The host has stopped.")
      return .ok
    })
}
