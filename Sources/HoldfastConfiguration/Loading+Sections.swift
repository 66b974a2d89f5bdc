internal import HoldfastCore

/// Where a key stands.
struct SectionPlace {
  /// `host`, `plugins.notes`.
  let path: String
  /// The plugin that an error in it keeps from being loaded.
  var instance: InstanceID?

  func key(_ name: String) -> String { "\(path).\(ConfigurationValue.dottedName(name))" }
}

extension Loading {
  /// A section that exists once, `[host]` or `[memory]`.
  mutating func section<Target>(
    _ entry: TomlEntry, _ table: [Setting<Target>], _ field: WritableKeyPath<Configuration, Target>
  ) {
    let place = SectionPlace(path: entry.name)
    guard let entries = entries(of: entry, place) else { return }
    var target = configuration[keyPath: field]
    for entry in entries { set(entry, in: &target, table, place) }
    configuration[keyPath: field] = target
  }

  /// `[agents.*]` or `[plugins.*]`.
  mutating func named(_ entry: TomlEntry, _ one: (inout Loading, TomlEntry) -> Void) {
    guard let entries = entries(of: entry, SectionPlace(path: entry.name)) else { return }
    for entry in entries { one(&self, entry) }
  }

  /// One `[agents.<name>]`.
  mutating func agent(_ entry: TomlEntry) {
    let place = SectionPlace(path: "agents.\(ConfigurationValue.dottedName(entry.name))")
    guard isNew(entry, place, count: configuration.agents.count) else { return }
    var agent = AgentSettings(name: entry.name, position: entry.position)
    for entry in entries(of: entry, place) ?? [] {
      set(entry, in: &agent, SectionTables.agent, place)
    }
    configuration.agents.append(agent)
  }

  /// One `[plugins.<instance>]`.
  mutating func plugin(_ entry: TomlEntry) {
    let place = SectionPlace(
      path: "plugins.\(ConfigurationValue.dottedName(entry.name))", instance: InstanceID(entry.name)
    )
    guard isNew(entry, place, count: configuration.plugins.count) else { return }
    var plugin = PluginSettings(instance: InstanceID(entry.name), position: entry.position)
    for entry in entries(of: entry, place) ?? [] {
      if entry.name == "config" {
        readConfig(entry, into: &plugin, place)
      } else {
        set(entry, in: &plugin, SectionTables.plugin, place)
      }
    }
    checkIsolation(of: plugin, place)
    configuration.plugins.append(plugin)
  }

  /// The keys of a section, or a problem if it is none.
  mutating func entries(of entry: TomlEntry, _ place: SectionPlace) -> [TomlEntry]? {
    if case .table(let entries) = entry.node.value { return entries }
    report(
      at: entry.position, place.path, instance: place.instance,
      "expected a section, found \(entry.node.kind); write [\(place.path)]")
    return nil
  }

  /// Stores one key, or says why not; then the default stands.
  mutating func set<Target>(
    _ entry: TomlEntry, in target: inout Target, _ table: [Setting<Target>], _ place: SectionPlace,
    beside others: [String] = []
  ) {
    let key = place.key(entry.name)
    guard let setting = table.first(where: { $0.name == entry.name }) else {
      return report(
        at: entry.position, key, instance: place.instance,
        unknownKey(entry.name, among: table.map(\.name) + others, place))
    }
    if let earlier = found[key] {
      return report(
        at: entry.position, key, instance: place.instance,
        "is already set at \(earlier), which stands; remove one of them")
    }
    found[key] = entry.position
    if let sentence = setting.read(entry.node, &target, paths) {
      report(
        at: entry.node.position, key, instance: place.instance,
        "\(sentence); write for example \(setting.name) = \(setting.sample)")
    }
  }

  private func unknownKey(_ name: String, among known: [String], _ place: SectionPlace) -> String {
    // Comparing names is the one slow thing here, and these would not be listed anyway.
    if isFull { return "unknown key" }
    let question = Suggestion.question(for: name, among: known + ["config"])
    if !question.isEmpty { return "unknown key\(question)" }
    if place.instance != nil {
      return "unknown key; a setting of the plugin itself is written config."
        + ConfigurationValue.dottedName(name)
    }
    return "unknown key; known are \(known.joined(separator: ", "))"
  }

  /// Names become parts of session keys, file names and tool names.
  private mutating func isNew(_ entry: TomlEntry, _ place: SectionPlace, count: Int) -> Bool {
    guard entry.name.utf8.count <= 64, entry.name.wholeMatchesName else {
      report(
        at: entry.position, place.path, instance: place.instance,
        "a name is 1 to 64 lower-case letters, digits, \"-\" and \"_\", the first a letter or digit"
      )
      return false
    }
    if let earlier = found[place.path] {
      // The first section stands, so this problem is not one of the instance.
      report(
        at: entry.position, place.path,
        "is already configured at \(earlier), which stands; rename or remove one of them")
      return false
    }
    found[place.path] = entry.position
    guard count < ConfigurationLoader.maxSections else {
      report(
        at: entry.position, place.path, instance: place.instance,
        "more than \(ConfigurationLoader.maxSections) of them; remove some")
      return false
    }
    return true
  }

  private mutating func checkIsolation(of plugin: PluginSettings, _ place: SectionPlace) {
    guard plugin.isolation != .inprocess else { return }
    report(
      at: found[place.key("isolation")] ?? plugin.position, place.key("isolation"),
      instance: place.instance,
      "\"\(plugin.isolation.rawValue)\" is not available yet in this version; "
        + "write isolation = \"inprocess\"")
  }
}

extension String {
  fileprivate var wholeMatchesName: Bool {
    func isWord(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard let first = utf8.first, isWord(first) else { return false }
    return utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
  }
}
