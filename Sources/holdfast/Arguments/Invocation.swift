internal import Glibc
internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastRuntime

/// One use of a command: its arguments and what surrounds it.
struct Invocation: Sendable {
  let arguments: ParsedArguments
  let environment: [String: String]
  let terminal: Terminal

  init(_ arguments: ParsedArguments, environment: [String: String], terminal: Terminal) {
    self.arguments = arguments
    self.environment = environment
    self.terminal = terminal
  }

  /// Whether the answer is for programs.
  var isJSON: Bool { has("json") }

  /// Whether the option was given.
  func has(_ option: String) -> Bool { arguments.options[option] != nil }

  /// The option's value, the last one if it was repeated.
  func value(_ option: String) -> String? { arguments.options[option]?.last }

  /// The argument at that place, nil if there are fewer.
  func positional(_ index: Int) -> String? {
    arguments.positionals.indices.contains(index) ? arguments.positionals[index] : nil
  }

  /// The option's value as a number.
  func number(
    _ option: String, in range: ClosedRange<Int>, default standard: Int
  ) throws(CommandFailure) -> Int {
    guard let text = value(option) else { return standard }
    guard let number = Int(text), range.contains(number) else {
      throw CommandFailure(
        "--\(option) is a number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"",
        status: .usage)
    }
    return number
  }

  /// Where the host is.
  ///
  /// Folders that the configuration names count for the user's own host alone: a state that was
  /// named on the command line is complete in itself. A configuration that cannot be read is the
  /// host's business, not that of a question to it.
  var paths: HostPaths {
    var choice = PathChoice()
    choice.stateDirectory = value("state-dir")
    choice.runtimeDirectory = value("runtime-dir")
    choice.configurationFile = value("config")
    let around = surroundings
    let plain = HostPaths(choice, in: around)
    guard let file = plain.existingConfigurationFile,
      let host = try? ConfigurationFile.load(file, environment: environment).host
    else { return plain }
    var configured = PathChoice()
    configured.stateDirectory = host.stateDirectory
    configured.runtimeDirectory = host.runtimeDirectory
    return HostPaths(choice, configured: configured, in: around)
  }

  /// Folders of `--plugins`, absolute.
  var pluginFolders: [String] {
    (arguments.options["plugins"] ?? []).map(absolute)
  }

  /// The path from the root.
  func absolute(_ path: String) -> String {
    surroundings.absolute(path)
  }

  private var surroundings: PathSurroundings {
    PathSurroundings(
      environment: environment, workingDirectory: Surroundings.workingDirectory,
      user: geteuid())
  }
}

extension Invocation {
  /// Asks the running host; a refusal is thrown.
  func ask(
    _ request: ControlRequest, timeout: Duration = .seconds(10), untilEnd: Bool = false
  ) throws(CommandFailure) -> ControlAnswer {
    let answer: ControlAnswer
    do throws(ControlFailure) {
      let client = ControlClient(path: paths.controlSocket, timeout: timeout)
      answer = try client.ask(request, untilEnd: untilEnd)
    } catch {
      throw failure(error)
    }
    if case .refused(let reason) = answer { throw CommandFailure(reason) }
    return answer
  }

  /// Whether there is a host to ask.
  var isHostRunning: Bool { ControlClient(path: paths.controlSocket).isHostRunning }

  /// Throws if there is no host.
  func requireHost() throws(CommandFailure) {
    if isHostRunning { return }
    throw failure(.notRunning(path: paths.controlSocket))
  }

  /// Why the host gave no answer, with what this person can do about it here.
  func failure(_ failure: ControlFailure) -> CommandFailure {
    switch failure {
    case .notRunning(let path):
      return CommandFailure(
        "no host is running here (\(path)); start one with `holdfast run\(placeOptions)`",
        status: .notRunning)
    case .timedOut(let seconds):
      let pid = HostHolder.pid(stateFolder: paths.stateDirectory)
      return CommandFailure(
        "the host\(pid.map { " (pid \($0))" } ?? "") did not answer within \(seconds) s; what was "
          + "asked for may still be done. `holdfast doctor` and `holdfast diagnostics export` do "
          + "without its answer. If it stays so, `kill -9\(pid.map { " \($0)" } ?? "")` is safe: "
          + "what was accepted is in the journal, and a standby or the next `holdfast run` goes on",
        status: .noAnswer)
    case .broken(let reason): return CommandFailure(reason)
    }
  }

  /// The options that said which host is meant, as they would be typed again.
  private var placeOptions: String {
    ["state-dir", "runtime-dir", "config"].compactMap { name in
      value(name).map { " --\(name) \(Self.quoted($0))" }
    }.joined()
  }

  private static func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "/._-+~".contains($0) }
    if isPlain, !word.isEmpty { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: #"'\''"#) + "'"
  }

  /// For an answer of the wrong kind: the host is of another version.
  static let strange = CommandFailure("the host answered something else than what was asked")

  /// Asks for something to be done, and tells what was done.
  func perform(_ request: ControlRequest) throws(CommandFailure) -> ExitCode {
    guard case .done(let text) = try ask(request) else { throw Self.strange }
    tell(text)
    return .ok
  }

  /// Prints what was done.
  func tell(_ text: String) {
    if isJSON {
      printJSON(MessageJSON(ok: true, message: text))
    } else {
      terminal.print(text)
    }
  }

  /// Prints a value for programs.
  func printJSON(_ value: some Encodable) {
    terminal.print(String(decoding: JSONText.encode(value, isIndented: true), as: UTF8.self))
  }
}

/// A message for programs.
struct MessageJSON: Encodable {
  var ok: Bool
  var message: String?
  var error: String?
  var exitStatus: Int32?
}
