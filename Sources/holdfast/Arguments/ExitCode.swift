/// How the program ends.
enum ExitCode: Int32, Sendable {
  /// Done.
  case ok = 0
  /// Not done.
  case failed = 1
  /// Asked for something that does not exist, or the configuration is wrong.
  case usage = 2
  /// There is no host to ask.
  case notRunning = 3
  /// The host runs, but something in it does not.
  case degraded = 4
  /// The host did not answer in time; what was asked for may still be done.
  case noAnswer = 5
}

/// Why a command was not done: sentences for people, and how the program ends.
struct CommandFailure: Error, Equatable {
  var status: ExitCode
  var message: String
  /// What a person is shown in place of the message.
  var help: String?

  init(_ message: String, status: ExitCode = .failed, help: String? = nil) {
    self.status = status
    self.message = message
    self.help = help
  }
}
