import FoundationEssentials
import Glibc
import Testing

/// The plugins as they were built: what they export and what they need.
@Suite struct PluginBinaryTests {
  /// `make` says where the plugins are and has built them; without it, what lies in the clone.
  static let folder =
    getenv("HOLDFAST_PLUGINS").map { String(cString: $0) } ?? "\(Repository.root)/build/plugins"

  static let isBuilt =
    Repository.exists("Plugins/Console")
    && (getenv("HOLDFAST_PLUGINS") != nil || FileManager.default.fileExists(atPath: folder))

  static let plugins: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".so") }.sorted()
  }()

  /// Names of the symbols that a library offers others.
  static func exports(of library: String) -> [String] {
    Shell("nm -D --defined-only -g '\(library)'").output.split(separator: "\n").compactMap {
      $0.split(separator: " ").last.map(String.init)
    }
  }

  /// Names of the libraries that a library asks the loader for.
  static func needs(of library: String) -> [String] {
    Shell("readelf --dynamic --wide '\(library)'").output.matches(
      of: /\(NEEDED\).*\[([^\]]+)\]/
    ).map { String($0.1) }
  }

  private static let writtenInSwift: Set<String> = ["sqlite-memory.so", "hindsight.so"]

  @Test(.enabled(if: isBuilt, "make plugins builds them"))
  func thereAreTheProjectsOwnPlugins() {
    let c = [
      "Console": "console.so", "FileMemory": "file-memory.so", "RecallModel": "recall-model.so",
    ].filter { folder, _ in
      Repository.files.contains { $0.hasPrefix("Plugins/\(folder)/") }
    }
    let expected = Self.writtenInSwift.union(c.values)
    #expect(expected.subtracting(Self.plugins).isEmpty, "\(Self.plugins)")
  }

  @Test(.enabled(if: isBuilt, "make plugins builds them"))
  func aPluginExportsItsEntryAlone() {
    for name in Self.plugins {
      #expect(Self.exports(of: "\(Self.folder)/\(name)") == ["hf_plugin_main"], "\(name)")
    }
  }

  @Test(.enabled(if: isBuilt, "make plugins builds them"))
  func aPluginIsNeverUnloadedAndCarriesItsNote() {
    for name in Self.plugins {
      let text = Shell("readelf --dynamic --notes --wide '\(Self.folder)/\(name)'").output
      #expect(text.contains("NODELETE"), "\(name) may be unloaded")
      #expect(text.contains(".note.holdfast"), "\(name) has no note")
    }
  }

  /// The Swift runtime would cost a worker four times the memory of the plugin.
  @Test(.enabled(if: isBuilt, "make plugins builds them"))
  func aPluginInCNeedsNoSwiftRuntime() {
    for name in Self.plugins where !Self.writtenInSwift.contains(name) {
      let needed = Self.needs(of: "\(Self.folder)/\(name)")
      #expect(needed.contains { $0.hasPrefix("libc.so") }, "\(name): \(needed)")
      #expect(!needed.contains { $0.contains("swift") || $0.contains("oundation") }, "\(name)")
    }
  }

  @Test func strayExportsAndNeedsAreFound() throws {
    let scratch = try Scratch()
    let source = try scratch.file(
      "a.c", "#include <math.h>\ndouble f(double x) { return sin(x); }\n")
    let library = "\(scratch.path)/a.so"
    let run = Shell("cc -shared -fPIC -Wl,--no-as-needed \(source) -o \(library) -lm")
    #expect(run.status == 0, "\(run.output)")
    #expect(Self.exports(of: library) == ["f"])
    #expect(Self.needs(of: library).contains { $0.hasPrefix("libm.so") })
  }
}
