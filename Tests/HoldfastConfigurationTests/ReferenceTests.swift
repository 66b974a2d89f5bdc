import FoundationEssentials
import HoldfastConfiguration
import HoldfastCore
import Testing

struct ReferenceTests {
  /// The rows that begin with a key, in the order of the document.
  private static func documentedRows() throws -> [String] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appending(path: "docs/CONFIGURATION.md"), encoding: .utf8)
    return text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
  }

  @Test func documentHasExactlyTheKeysThatTheLoaderKnows() throws {
    let rows = try Self.documentedRows()
    #expect(rows == ConfigurationReference.keys.map(\.markdown))
  }

  @Test func everyKeyNamesItsUnitLast() {
    for key in ConfigurationReference.keys where key.name.contains("timeout") {
      #expect(key.name.hasSuffix("_ms"))
    }
    for key in ConfigurationReference.keys where key.name.hasPrefix("deadline_") {
      #expect(key.name.hasSuffix("_ms"))
    }
  }

  @Test func everyDefaultOfTheReferenceIsAccepted() throws {
    for key in ConfigurationReference.keys
    where key.defaultText.hasPrefix("`") && !key.defaultText.contains("<") {
      guard !key.defaultText.hasPrefix("`recall_"), !key.defaultText.hasPrefix("`start_") else {
        continue
      }
      let value = key.defaultText.filter { $0 != "`" }
      let section =
        switch key.section {
        case "agents.<name>": "[agents.main]\n"
        case "plugins.<instance>": "[plugins.recall]\n"
        case "": ""
        default: "[\(key.section)]\n"
        }
      let rest = section == "[plugins.recall]\n" ? "" : "\n[plugins.recall]\n"
      let configuration = try load("\(section)\(key.name) = \(value)\(rest)")
      #expect(configuration.problems == [], "\(key.name)")
    }
  }

  @Test func wrongTypeIsRefusedForEveryKey() throws {
    for key in ConfigurationReference.keys
    where !key.section.isEmpty && !key.name.hasPrefix("config") {
      let section = key.section.replacing("<name>", with: "main")
        .replacing("<instance>", with: "recall")
      let rest = section == "plugins.recall" ? "" : "\n[plugins.recall]\n"
      let configuration = try load("[\(section)]\n\(key.name) = 1979-05-27\(rest)")
      let first = try #require(configuration.problems.first, "\(key.name)")
      #expect(first.key == "\(section).\(key.name)")
      #expect(first.message.contains("found a date; write for example \(key.name) = "))
      #expect(first.position.line == 2)
      #expect(first.position.column == key.name.count + 4)
    }
  }

  @Test func theSampleInEveryRemedyIsAccepted() throws {
    for key in ConfigurationReference.keys
    where !key.section.isEmpty && !key.name.hasPrefix("config") {
      let section = key.section.replacing("<name>", with: "main")
        .replacing("<instance>", with: "recall")
      let others = ["notes", "recall"].filter { section != "plugins.\($0)" }
        .map { "\n[plugins.\($0)]\n" }.joined()
      let faulty = try load("[\(section)]\n\(key.name) = 1979-05-27\(others)")
      let message = try #require(faulty.problems.first?.message)
      let remedy = try #require(message.split(separator: "write for example ").last)
      let repaired = try load("[\(section)]\n\(remedy)\(others)")
      #expect(repaired.problems == [], "\(key.name)")
    }
  }
}
