internal import HoldfastCore
internal import HoldfastPorts

/// `holdfast plugin list`
enum PluginListCommand {
  static let command = Command(
    name: "list", summary: "list instances, and the files that are there",
    details: "Without a running host, instances are shown as the configuration has them.",
    examples: [
      Example("holdfast plugin list --plugins build/plugins", "Also what is in build/plugins.")
    ],
    body: { invocation throws(CommandFailure) in
      invocation.complainOfMissingFolders()
      let configuration = invocation.configuration
      let files = PluginFolders(invocation, configuration: configuration).scan()
      var rows = configuration?.plugins.map(idle) ?? []
      if invocation.isHostRunning, case .status(let status) = try invocation.ask(.status) {
        rows = status.plugins
      }
      if invocation.isJSON {
        invocation.printJSON(ListJSON(instances: rows, files: files.map(FileJSON.init)))
      } else {
        invocation.terminal.print(render(rows, files, invocation.terminal))
      }
      return .ok
    })

  private static func idle(_ settings: PluginSettings) -> PluginStatusRow {
    var row = PluginStatusRow()
    row.instance = settings.instance.description
    row.plugin = settings.plugin
    row.state = settings.enabled ? "no host" : "disabled"
    return row
  }

  private struct ListJSON: Encodable {
    var instances: [PluginStatusRow]
    var files: [FileJSON]
  }

  private struct FileJSON: Encodable {
    var path: String
    var id: String?
    var version: String?
    var kinds: [String]?
    var isUsed: Bool
    var problems: [String]

    init(_ file: PluginCandidate) {
      path = file.path
      id = file.id
      version = file.inspection?.note?.version
      kinds = file.inspection?.note?.kinds
      isUsed = file.isChosen
      problems = file.faults.map(\.description)
    }
  }

  /// The tools that models are offered, with those that are left out.
  static func tools(_ rows: [ToolStatusRow], _ terminal: Terminal) -> String {
    var table = Table([
      .init(title: "TOOL", minimum: 8), .init(title: "CHANGES"), .init(title: "FOR", minimum: 10),
    ])
    for row in rows {
      table.add([
        .init(text: row.name, style: row.leftOut.isEmpty ? nil : .red),
        row.isReadOnly ? "nothing" : "something",
        "\(row.leftOut.isEmpty ? row.purpose : "left out: \(row.leftOut)")",
      ])
    }
    return table.render(terminal)
  }

  static func render(
    _ rows: [PluginStatusRow], _ files: [PluginCandidate], _ terminal: Terminal
  ) -> String {
    var blocks: [String] = []
    if !rows.isEmpty { blocks.append(StatusCommand.plugins(rows, terminal)) }
    let tools = rows.flatMap(\.tools)
    if !tools.isEmpty { blocks.append(Self.tools(tools, terminal)) }
    var table = Table([
      .init(title: "ID"), .init(title: "VERSION"), .init(title: "KIND"),
      .init(title: "FILE", minimum: 20), .init(title: "SUMMARY", minimum: 10),
    ])
    for file in files {
      let note = file.inspection?.note
      table.add([
        .init(text: file.id ?? "?", style: file.faults.isEmpty ? nil : .red),
        "\(note?.version ?? "")", "\(note?.kinds.joined(separator: ",") ?? "")", "\(file.path)",
        "\(note?.summary ?? "")",
      ])
    }
    if !table.isEmpty { blocks.append(table.render(terminal)) }
    let faults = files.flatMap(\.faults).map {
      terminal.styled("! ", .yellow) + terminal.harmless($0.description)
    }
    if !faults.isEmpty { blocks.append(faults.joined(separator: "\n")) }
    return blocks.isEmpty ? "No plugins were found." : blocks.joined(separator: "\n\n")
  }
}
