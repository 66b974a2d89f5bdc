internal import Glibc
internal import HoldfastControl

/// One run of the program, from its arguments to its exit status.
enum CommandLineRun {
  static func run(_ arguments: [String]) -> ExitCode {
    let environment = Surroundings.environment
    let terminal = Terminal(environment: environment)
    let code = run(arguments, environment, terminal)
    // Whoever asked has not seen the answer.
    guard Terminal.fault != 0 else { return code }
    let reason = String(cString: strerror(Terminal.fault))
    terminal.complain("holdfast: standard output cannot be written: \(reason)")
    return .failed
  }

  private static func run(
    _ arguments: [String], _ environment: [String: String], _ terminal: Terminal
  ) -> ExitCode {
    do throws(CommandFailure) {
      guard Surroundings.argumentsAreText else {
        throw CommandFailure("the arguments are not UTF-8", status: .usage)
      }
      switch try ArgumentParser.parse(arguments, by: CommandTree.root) {
      case .version:
        terminal.print("holdfast \(Holdfast.version)")
        return .ok
      case .help(let commands):
        terminal.print(HelpText.render(commands))
        return .ok
      case .run(let command, let parsed):
        let invocation = Invocation(parsed, environment: environment, terminal: terminal)
        return try command.body?(invocation) ?? .usage
      }
    } catch {
      // Arguments that could not be understood may still say for whom the answer is.
      if arguments.prefix(while: { $0 != "--" }).contains("--json") {
        let message = MessageJSON(
          ok: false, error: error.message, exitStatus: error.status.rawValue)
        terminal.print(String(decoding: JSONText.encode(message), as: UTF8.self))
      } else {
        terminal.complain(error.help ?? "holdfast: \(error.message)")
      }
      return error.status
    }
  }
}
