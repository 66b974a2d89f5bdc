/// Completion scripts, made from the declared commands.
enum Completions {
  static func script(for shell: String, root: Command) -> String? {
    switch shell {
    case "bash": bash(root)
    // zsh runs completions written for bash.
    case "zsh": "autoload -U +X bashcompinit && bashcompinit\n" + bash(root)
    case "fish": fish(root)
    default: nil
    }
  }

  /// Each command below the root with the words that may follow it.
  private static func words(
    _ command: Command, path: [String] = []
  ) -> [(path: [String], words: [String])] {
    let options = (command.options + Option.everywhere).map { "--\($0.name)" }
    let own = (path: path, words: command.subcommands.map(\.name) + options)
    return [own] + command.subcommands.flatMap { words($0, path: path + [$0.name]) }
  }

  private static func bash(_ root: Command) -> String {
    let cases = words(root).map { path, words in
      "    '\(path.joined(separator: " "))') words='\(words.joined(separator: " "))' ;;"
    }
    let groups = root.subcommands.filter { !$0.subcommands.isEmpty }.map(\.name)
    return """
      _holdfast() {
        local path='' word words='' current=${COMP_WORDS[COMP_CWORD]}
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
          case "$path" in
            '') [[ $word == -* ]] || path=$word ;;
            \(groups.joined(separator: "|"))) [[ $word == -* ]] || path="$path $word" ;;
          esac
        done
        case "$path" in
      \(cases.joined(separator: "\n"))
        esac
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        [[ ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "$current"))
      }
      complete -F _holdfast holdfast
      """
  }

  private static func fish(_ root: Command) -> String {
    var lines = root.subcommands.map {
      "complete -c holdfast -f -n __fish_use_subcommand -a \($0.name) -d '\(quoted($0.summary))'"
    }
    for command in root.subcommands {
      let names = command.subcommands.map(\.name).joined(separator: " ")
      for below in command.subcommands {
        lines.append(
          "complete -c holdfast -f -n '__fish_seen_subcommand_from \(command.name); "
            + "and not __fish_seen_subcommand_from \(names)' -a \(below.name) "
            + "-d '\(quoted(below.summary))'")
      }
      for option in command.options {
        lines.append(fishOption(option, "-n '__fish_seen_subcommand_from \(command.name)' "))
      }
    }
    return (lines + Option.everywhere.map { fishOption($0, "") }).joined(separator: "\n")
  }

  private static func fishOption(_ option: Option, _ condition: String) -> String {
    let letter = option.letter.map { "-s \($0) " } ?? ""
    let value = option.value == nil ? "" : "-r "
    return "complete -c holdfast \(condition)-l \(option.name) \(letter)\(value)"
      + "-d '\(quoted(option.help))'"
  }

  private static func quoted(_ text: String) -> String {
    String(text.flatMap { $0 == "'" ? "\\'" : String($0) })
  }
}
