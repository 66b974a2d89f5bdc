internal import HoldfastConfiguration
internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastRuntime

/// `holdfast config`
enum ConfigCommand {
  static let command = Command(
    name: "config", summary: "check and show the configuration",
    examples: [
      Example("holdfast config check", "Look for mistakes, with line and column."),
      Example("holdfast config show", "Every setting that is in force."),
    ],
    subcommands: [check, show])

  private static let file = Positional(
    name: "file", count: .optional, help: "instead of the one the host would read")

  private static func load(
    _ invocation: Invocation
  ) throws(CommandFailure) -> (name: String, configuration: Configuration) {
    let path = invocation.positional(0) ?? invocation.paths.existingConfigurationFile
    do throws(ConfigurationError) {
      let configuration = try ConfigurationFile.load(path, environment: invocation.environment)
      return (path ?? "built-in configuration", configuration)
    } catch {
      throw CommandFailure(error.description, status: .usage)
    }
  }

  private static let check = Command(
    name: "check", summary: "look for mistakes",
    details:
      "Exit status 2 if something in it cannot be used. A running host keeps the one that it was "
      + "started with; `holdfast status` says if that has changed since.",
    positionals: [file],
    examples: [Example("holdfast config check new.toml", "Check a file before it is in force.")],
    body: { invocation throws(CommandFailure) in
      let (name, configuration) = try load(invocation)
      let problems = configuration.problems
      let isUsable = !problems.contains { $0.severity == .error }
      if invocation.isJSON {
        invocation.printJSON(
          CheckJSON(ok: isUsable, file: name, problems: problems.map(ProblemJSON.init)))
      } else if problems.isEmpty {
        let plugins = configuration.activePlugins.map(\.instance.description)
        invocation.terminal.print(
          "\(name): no problems; plugins: \(plugins.joined(separator: ", "))")
      } else {
        for problem in problems { invocation.terminal.print(problem.description) }
      }
      return isUsable ? .ok : .usage
    })

  private struct CheckJSON: Encodable {
    var ok: Bool
    var file: String
    var problems: [ProblemJSON]
  }

  private struct ProblemJSON: Encodable {
    var severity: String
    var file: String
    var line: Int
    var column: Int
    var key: String
    var message: String

    init(_ problem: ConfigurationProblem) {
      severity = problem.severity.rawValue
      file = problem.position.file
      line = problem.position.line
      column = problem.position.column
      key = problem.key
      message = problem.message
    }
  }

  private static let show = Command(
    name: "show", summary: "show every setting that is in force, without secrets",
    positionals: [file],
    examples: [Example("holdfast config show", "As TOML, with what is unset as comments.")],
    body: { invocation throws(CommandFailure) in
      let (name, configuration) = try load(invocation)
      let sections = ConfigurationReference.effective(configuration)
      if invocation.isJSON {
        invocation.printJSON(sections.map(SectionJSON.init))
      } else {
        invocation.terminal.print("# \(name)\n\n" + sections.map(toml).joined(separator: "\n\n"))
      }
      return .ok
    })

  private struct SectionJSON: Encodable {
    var section: String
    var settings: [SettingJSON]

    init(_ section: EffectiveSection) {
      self.section = section.name
      settings = section.settings.map {
        SettingJSON(key: $0.key, value: $0.isSet ? $0.text : nil, unset: $0.isSet ? nil : $0.text)
      }
    }
  }

  private struct SettingJSON: Encodable {
    var key: String
    var value: String?
    var unset: String?
  }

  private static func toml(_ section: EffectiveSection) -> String {
    let lines = section.settings.map { setting in
      setting.isSet ? "\(setting.key) = \(setting.text)" : "# \(setting.key): \(setting.text)"
    }
    return (["[\(section.name)]"] + lines).joined(separator: "\n")
  }
}
