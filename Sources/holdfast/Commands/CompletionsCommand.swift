/// `holdfast completions`
enum CompletionsCommand {
  static let command = Command(
    name: "completions", summary: "print completions for a shell",
    positionals: [Positional(name: "shell", help: "bash, zsh or fish")],
    examples: [
      Example("source <(holdfast completions bash)", "For this shell; put it into ~/.bashrc."),
      Example(
        "holdfast completions fish > ~/.config/fish/completions/holdfast.fish", "For every fish."),
    ],
    body: { invocation throws(CommandFailure) in
      let shell = invocation.positional(0) ?? ""
      guard let text = Completions.script(for: shell, root: CommandTree.root) else {
        throw CommandFailure(
          "completions are for bash, zsh or fish, not \"\(shell)\"", status: .usage)
      }
      invocation.terminal.print(text)
      return .ok
    })
}
