internal import HoldfastControl

/// One run of the program, from its arguments to its exit status.
enum CommandLineRun {
  static func run(_ arguments: [String]) -> ExitCode {
    let environment = Surroundings.environment
    let terminal = Terminal(environment: environment)
    do throws(CommandFailure) {
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
        terminal.complain("holdfast: \(error.message)")
      }
      return error.status
    }
  }
}
