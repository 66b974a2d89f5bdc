/// `holdfast diagnostics`
enum DiagnosticsCommand {
  static let command = Command(
    name: "diagnostics", summary: "write a support bundle; look at how sessions are judged",
    examples: [
      Example("holdfast diagnostics export", "Write down all that helps to find a fault."),
      Example("cat cases.json | holdfast diagnostics classify", "Judge kept cases."),
    ],
    subcommands: [DiagnosticsExportCommand.command, DiagnosticsClassifyCommand.command])
}
