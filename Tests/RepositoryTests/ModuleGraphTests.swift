import Testing

/// Who may import whom. A folder that the table does not name may import nothing, so a new module
/// begins with a line here.
@Suite struct ModuleGraphTests {
  /// Foundation is not among them, nor its smaller part: loading that alone takes 4 MB.
  private static let system: Set<String> = ["Glibc", "Synchronization"]

  static let allowed: [String: Set<String>] = [
    "Sources/HoldfastCore": [],
    "Sources/HoldfastJournal": system.union(["HoldfastCore", "HoldfastThreads", "CSQLite"]),
    "Sources/HoldfastPorts": system.union([
      "HoldfastCore", "HoldfastThreads", "CHoldfast", "CShims", "CMd",
    ]),
    "Sources/HoldfastConfiguration": system.union(["HoldfastCore", "CToml"]),
    "Sources/HoldfastRuntime": system.union([
      "HoldfastCore", "HoldfastJournal", "HoldfastPorts", "HoldfastConfiguration",
      "HoldfastControl", "HoldfastThreads", "CShims", "CMetrics",
    ]),
    "Sources/HoldfastThreads": system.union(["CShims"]),
    "Sources/HoldfastControl": system.union(["HoldfastCore", "HoldfastThreads", "CShims"]),
    "Sources/HoldfastPlugin": ["CHoldfast", "Glibc"],
    "Sources/holdfast": system.union([
      "HoldfastRuntime", "HoldfastControl", "HoldfastConfiguration", "HoldfastPorts",
      "HoldfastCore", "HoldfastThreads", "CEdit", "CShims",
    ]),
    "Plugins/SQLiteMemory": [
      "HoldfastPlugin", "CHoldfast", "SQLiteMemoryNote", "CSQLite", "Glibc", "Synchronization",
    ],
    "Plugins/Hindsight": [
      "HoldfastPlugin", "CHoldfast", "CHindsight", "Glibc", "Synchronization",
    ],
    "Tests/HoldfastSimulator": ["HoldfastCore"],
    "Tests/Simulate": ["HoldfastSimulator", "HoldfastThreads", "Glibc"],
  ]

  /// Folders of C that may see the plugin header; the host's own C never does.
  private static let headerUsers = ["Plugins/", "Tests/", "include/", "Benchmarks/"]

  static func violations(in file: SourceFile) -> [Violation] {
    let folder = file.path.split(separator: "/").prefix(2).joined(separator: "/")
    let isBound = allowed[folder] != nil || !(file.isTest || folder.hasPrefix("Benchmarks"))
    switch file.language {
    case .swift where isBound && file.path.contains("/"):
      let modules = allowed[folder] ?? []
      return imports(of: file).filter { !modules.contains($0.module) }.map {
        Violation(path: file.path, line: $0.line, rule: "\(folder) must not import \($0.module)")
      }
    case .swift: return []
    case .c: return includes(of: file)
    }
  }

  static func imports(of file: SourceFile) -> [(module: String, line: Int)] {
    file.code.enumerated().compactMap { index, line in
      let words = Token.all(of: [line]).map(\.text)
      guard let keyword = words.firstIndex(of: "import"),
        words[..<keyword].allSatisfy({ modifiers.contains($0) })
      else { return nil }
      let name = words[(keyword + 1)...].first { !kinds.contains($0) }
      return (name ?? "", index + 1)
    }
  }

  private static let modifiers: Set<String> = [
    "@", "testable", "_exported", "_spi", "(", ")", "preconcurrency", "public", "package",
    "internal", "fileprivate", "private",
  ]
  private static let kinds: Set<String> = [
    "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
  ]

  private static func includes(of file: SourceFile) -> [Violation] {
    file.lines.enumerated().compactMap { index, line in
      guard line.hasPrefix("#"), line.contains("include") else { return nil }
      if line.contains("holdfast/"), !headerUsers.contains(where: file.path.hasPrefix) {
        let rule = "the host's own C must not include the plugin header"
        return Violation(path: file.path, line: index + 1, rule: rule)
      }
      // Words is no plugin: two of them compile it.
      if file.path.hasPrefix("Plugins/"), line.contains("../"), !line.contains("\"../Words/") {
        let rule = "a plugin includes nothing from outside its folder but Words"
        return Violation(path: file.path, line: index + 1, rule: rule)
      }
      return nil
    }
  }

  @Test func everyModuleImportsOnlyWhatItMay() {
    for file in Repository.sources { report(Self.violations(in: file)) }
  }

  @Test func everyFolderOfTheTableExists() {
    for folder in Self.allowed.keys {
      #expect(Repository.files.contains { $0.hasPrefix(folder + "/") }, "\(folder) is empty")
    }
  }

  @Test func everyWayToImportIsSeen() {
    let text = """
      // import Nothing
      public import HoldfastRuntime
      @testable import CShims; let import_ = 1
      internal import struct Foundation.Data
      @preconcurrency public import Dispatch
      """
    let file = SourceFile(path: "Sources/HoldfastCore/A.swift", text: text, language: .swift)
    #expect(
      Self.violations(in: file).map(\.rule) == [
        "Sources/HoldfastCore must not import HoldfastRuntime",
        "Sources/HoldfastCore must not import CShims",
        "Sources/HoldfastCore must not import Foundation",
        "Sources/HoldfastCore must not import Dispatch",
      ])
  }

  @Test func aModuleThatTheTableLacksMayImportNothing() {
    let file = SourceFile(path: "Sources/New/A.swift", text: "import Glibc", language: .swift)
    #expect(Self.violations(in: file).map(\.rule) == ["Sources/New must not import Glibc"])
    let test = SourceFile(path: "Tests/NewTests/A.swift", text: "import Glibc", language: .swift)
    #expect(Self.violations(in: test).isEmpty)
  }

  @Test func thePluginHeaderStaysOutOfTheHostsOwnC() {
    let text = "#include <holdfast/holdfast.h>\n"
    let shim = SourceFile(path: "Sources/CShims/a.c", text: text, language: .c)
    #expect(Self.violations(in: shim).count == 1)
    let plugin = SourceFile(path: "Plugins/A/a.c", text: text, language: .c)
    #expect(Self.violations(in: plugin).isEmpty)
  }
}
