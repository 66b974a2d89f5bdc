internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastPorts

/// `holdfast plugin inspect`
enum PluginInspectCommand {
  static let command = Command(
    name: "inspect", summary: "show what a file is, without running any of it",
    details: "Exit status 1 if the host would refuse it.",
    positionals: [Positional(name: "file", help: "a shared library")],
    examples: [
      Example("holdfast plugin inspect ./my.so", "Its id, kinds, settings, and what is wrong."),
      Example("holdfast plugin inspect ./my.so --json", "All there is to know, for a program."),
    ],
    body: { invocation throws(CommandFailure) in
      let name = invocation.positional(0) ?? ""
      let path = invocation.absolute(name)
      let found = PluginScanner.examine(path: path)
      guard let inspection = found.inspection else {
        let reason = found.faults.first?.description ?? "\(path) cannot be read"
        throw CommandFailure(reason)
      }
      if invocation.isJSON {
        invocation.printJSON(
          InspectJSON(
            path: path, ok: found.faults.isEmpty, problems: found.faults.map(\.description),
            inspection: inspection))
      } else {
        invocation.terminal.print(render(found, inspection, invocation.terminal))
      }
      return found.faults.isEmpty ? .ok : .failed
    })

  private struct InspectJSON: Encodable {
    var path: String
    var ok: Bool
    var problems: [String]
    var inspection: PluginInspection
  }

  static func render(
    _ found: PluginCandidate, _ inspection: PluginInspection, _ terminal: Terminal
  ) -> String {
    var rows: [(String, String)] = [("file", found.path)]
    if let note = inspection.note {
      rows += [
        ("id", note.id), ("version", note.version), ("summary", note.summary),
        ("kinds", listed(note.kinds)), ("events", listed(note.events)),
        ("written in", note.language), ("license", note.license), ("built for", "abi \(note.abi)"),
        ("threads", note.concurrency), ("requires", listed(note.requires)),
        ("permissions", listed(note.permissions)),
        (
          "tools",
          note.kinds.contains("tools")
            ? "named when it runs; `holdfast plugin list` shows them then" : ""
        ),
      ]
    }
    rows += [
      ("processor", inspection.architecture), ("size", "\(inspection.size) bytes"),
      ("sha256", inspection.sha256), ("needs", listed(inspection.needed)),
      ("glibc", inspection.glibcFloor.isEmpty ? "" : "\(inspection.glibcFloor) or later"),
      ("calls", listed(inspection.riskyImports)),
    ]
    var lines = rows.filter { !$0.1.isEmpty }.map { name, value in
      let padding = String(repeating: " ", count: max(1, 13 - name.count))
      return terminal.styled(name, .dim) + padding + terminal.harmless(value)
    }
    for (name, setting) in (inspection.note?.config ?? [:]).sorted(by: { $0.key < $1.key }) {
      let kind = setting.type + (setting.required ? ", required" : "")
      lines.append("config.\(name) (\(kind)): \(terminal.harmless(setting.help))")
    }
    lines += found.faults.map {
      terminal.styled("! ", .red) + terminal.harmless($0.description)
    }
    return lines.joined(separator: "\n")
  }

  private static func listed(_ words: [String]) -> String { words.joined(separator: ", ") }
}
