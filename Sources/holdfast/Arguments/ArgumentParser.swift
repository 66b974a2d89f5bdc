internal import HoldfastCore

/// What the arguments ask for.
enum Parsed: Sendable {
  case run(Command, ParsedArguments)
  /// The commands from the outermost to the one to be explained.
  case help([Command])
  case version
}

/// Arguments sorted by their names.
struct ParsedArguments: Sendable, Equatable {
  /// Names of the commands, outermost first, without the program's.
  var path: [String] = []
  /// Values of each option in the order given; an empty text for one without a value.
  var options: [String: [String]] = [:]
  var positionals: [String] = []
}

/// Sorts arguments by a tree of declared commands.
struct ArgumentParser {
  private var commands: [Command]
  private var parsed = ParsedArguments()

  private init(root: Command) { commands = [root] }

  private var current: Command { commands[commands.count - 1] }

  /// Options may stand before, between and after other arguments; after `--` nothing is an option.
  static func parse(_ arguments: [String], by root: Command) throws(CommandFailure) -> Parsed {
    var parser = ArgumentParser(root: root)
    return try parser.parse(arguments)
  }

  private mutating func parse(_ arguments: [String]) throws(CommandFailure) -> Parsed {
    var rest = arguments[...]
    var optionsEnded = false
    while let argument = rest.popFirst() {
      if !optionsEnded, argument == "--" {
        optionsEnded = true
      } else if !optionsEnded, Self.isOption(argument) {
        try takeOption(argument, &rest)
      } else {
        try takeWord(argument)
      }
    }
    if parsed.options["help"] != nil { return .help(commands) }
    if parsed.options["version"] != nil { return .version }
    try checkCount()
    return .run(current, parsed)
  }

  /// A lone dash and negative numbers are values.
  private static func isOption(_ argument: String) -> Bool {
    argument.hasPrefix("-") && argument.count > 1 && Int(argument) == nil
  }

  private mutating func takeOption(
    _ argument: String, _ rest: inout ArraySlice<String>
  ) throws(CommandFailure) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let known = current.options + Option.everywhere
    let found = known.first { option in
      name == "--\(option.name)" || option.letter.map { name == "-\($0)" } == true
    }
    guard let option = found else { throw unknownOption(name, known) }
    var value = parts.count > 1 ? String(parts[1]) : nil
    if option.value == nil, value != nil {
      throw usage("--\(option.name) takes no value")
    }
    if let expected = option.value, value == nil {
      guard let next = rest.popFirst() else {
        throw usage("--\(option.name) needs a value: --\(option.name) <\(expected)>")
      }
      value = next
    }
    // An empty path would be the current folder.
    if let expected = option.value, ["folder", "file"].contains(expected), value?.isEmpty == true {
      throw usage("--\(option.name) is empty; it needs a \(expected)")
    }
    if parsed.options[option.name] != nil, option.value != nil, !option.repeats {
      throw usage("--\(option.name) was given twice")
    }
    parsed.options[option.name, default: []].append(value ?? "")
  }

  private func unknownOption(_ name: String, _ known: [Option]) -> CommandFailure {
    let bare = String(name.drop { $0 == "-" }.prefix(40))
    let nearest = Suggestion.nearest(to: bare, among: known.map(\.name))
    let question = nearest.map { "; did you mean --\($0)?" } ?? ""
    return usage("there is no option \(name.prefix(40))\(question)")
  }

  private mutating func takeWord(_ word: String) throws(CommandFailure) {
    guard !current.subcommands.isEmpty else {
      parsed.positionals.append(word)
      return
    }
    if let command = current.subcommand(word) {
      commands.append(command)
      parsed.path.append(word)
    } else if word == "help" {
      parsed.options["help"] = [""]
    } else {
      let question = Suggestion.nearest(to: word, among: current.subcommands.map(\.name))
      let hint = question.map { "; did you mean \"\($0)\"?" } ?? ""
      throw usage("there is no command \"\(word.prefix(40))\"\(hint)")
    }
  }

  private func checkCount() throws(CommandFailure) {
    guard current.body != nil else {
      let name = HelpText.name(of: commands)
      throw CommandFailure(
        "a command is missing; `\(name) --help` lists those of \(name)", status: .usage,
        help: HelpText.render(commands))
    }
    let required = current.positionals.filter(\.isRequired)
    if parsed.positionals.count < required.count {
      throw usage("<\(required[parsed.positionals.count].name)> is missing")
    }
    let takesMore = current.positionals.last?.repeats == true
    if parsed.positionals.count > current.positionals.count, !takesMore {
      let extra = parsed.positionals[current.positionals.count]
      throw usage("\"\(extra.prefix(40))\" is one argument too many")
    }
  }

  /// The fault, how the command is used, and where to read more.
  private func usage(_ fault: String) -> CommandFailure {
    let name = HelpText.name(of: commands)
    return CommandFailure(
      "\(fault)\nUsage: \(HelpText.usage(commands))\nMore: \(name) --help", status: .usage)
  }
}
