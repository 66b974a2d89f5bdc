/// `holdfast diagnostics`
enum DiagnosticsCommand {
  static let command = Command(
    name: "diagnostics", summary: "look at how sessions are judged",
    examples: [
      Example("cat cases.json | holdfast diagnostics classify", "Judge kept cases.")
    ],
    subcommands: [DiagnosticsClassifyCommand.command])
}
