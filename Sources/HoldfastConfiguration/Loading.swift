internal import HoldfastCore

/// One run of the loader over a file and what it includes.
struct Loading {
  let environment: [String: String]
  let readFile: ConfigurationLoader.FileReader
  var configuration = Configuration()
  /// Files that are being read, outermost first.
  var open: [String] = []
  /// Where each setting and section was found first.
  var found: [String: ConfigurationPosition] = [:]
  private var faulty: Set<InstanceID> = []
  /// Names of the sections that some file has.
  private var sections: Set<String> = []

  init(environment: [String: String], readFile: @escaping ConfigurationLoader.FileReader) {
    self.environment = environment
    self.readFile = readFile
  }

  var paths: PathResolver { PathResolver(file: open.last ?? "", home: environment["HOME"]) }

  /// Whether there are problems enough; a hostile file has many.
  var isFull: Bool { configuration.problems.count >= ConfigurationLoader.maxProblems }

  /// Records a problem.
  mutating func report(
    _ severity: ConfigurationProblem.Severity = .error, at position: ConfigurationPosition,
    _ key: String, instance: InstanceID? = nil, _ message: String, isOfEnvironment: Bool = false
  ) {
    let isFirstOfInstance =
      if severity == .error, let instance { faulty.insert(instance).inserted } else { false }
    guard !isFull || isFirstOfInstance else { return }
    var problem = ConfigurationProblem(
      severity, at: position, key: key, message, instance: instance)
    problem.isOfEnvironment = isOfEnvironment
    configuration.problems.append(problem)
  }

  /// Takes the sections of one file, then those of the files it includes: what is found first
  /// stands.
  mutating func add(_ entries: [TomlEntry], file: String) {
    open.append(file)
    configuration.files.append(file)
    for entry in entries {
      sections.insert(entry.name)
      switch entry.name {
      case "host": section(entry, SectionTables.host, \.host)
      case "memory": section(entry, SectionTables.memory, \.memory)
      case "diagnostics": section(entry, SectionTables.diagnostics, \.diagnostics)
      case "lock": section(entry, SectionTables.lock, \.lock)
      case "metrics": metrics(entry)
      case "agents": named(entry) { $0.agent($1) }
      case "plugins": named(entry) { $0.plugin($1) }
      case "include": break
      default: unknownSection(entry)
      }
    }
    for entry in entries where entry.name == "include" { include(entry) }
    open.removeLast()
  }

  /// The result, with what can only be said when everything is known.
  mutating func finish() -> Configuration {
    addBuiltIn()
    completeAgents()
    checkReferences()
    return configuration
  }

  /// Where no file says which plugins there are, the built-in ones are; and its agent, if no file
  /// has one either.
  private mutating func addBuiltIn() {
    let file = ConfigurationText.builtInName
    guard !sections.contains("plugins"),
      let entries = try? TomlDocument.parse(Array(ConfigurationText.builtIn.utf8), file: file)
    else { return }
    open.append(file)
    for entry in entries where !sections.contains(entry.name) {
      if entry.name == "agents" { named(entry) { $0.agent($1) } }
      if entry.name == "plugins" { named(entry) { $0.plugin($1) } }
    }
    open.removeLast()
  }

  private mutating func unknownSection(_ entry: TomlEntry) {
    let known = [
      "host", "memory", "lock", "diagnostics", "metrics", "agents", "plugins", "include",
    ]
    let question = Suggestion.question(for: entry.name, among: known)
    let listed = known.joined(separator: ", ")
    report(
      at: entry.position, ConfigurationValue.dottedName(entry.name),
      "unknown section\(question.isEmpty ? "; known are \(listed)" : question)")
  }
}
