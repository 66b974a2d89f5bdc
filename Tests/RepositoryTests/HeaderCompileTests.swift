import Testing

/// A compiler with a language version, and how to call it.
struct Compiler: CustomTestStringConvertible, Sendable {
  let program: String
  let standard: String

  var language: String { standard.hasPrefix("c++") ? "c++" : "c" }
  var testDescription: String { "\(program) \(standard)" }

  /// Clang calls nullability an extension and says so when asked to be pedantic.
  var command: String {
    let clang = program.contains("clang") ? " -Wno-nullability-extension" : ""
    return "\(program) -std=\(standard) -Wall -Wextra -Wpedantic -Werror\(clang) -Iinclude"
  }

  /// Clang comes with the Swift toolchain; gcc is what most plugins are built by.
  static let all: [Compiler] = {
    let bin = Shell("dirname \"$(readlink -f \"$(command -v swift)\")\"").output
    let clang = "\(bin.split(separator: "\n").first ?? "")/clang"
    let found = [("gcc", "g++"), (clang, "\(clang)++")].filter { Shell.has($0.0) }
    return found.flatMap { c, cxx in
      ["c99", "c11"].map { Compiler(program: c, standard: $0) }
        + (Shell.has(cxx) ? [Compiler(program: cxx, standard: "c++17")] : [])
    }
  }()
}

/// The headers compile everywhere that plugins are written.
@Suite struct HeaderCompileTests {
  @Test func thereAreCompilersToAsk() {
    #expect(Compiler.all.contains { $0.language == "c" }, "no C compiler")
    #expect(Compiler.all.contains { $0.language == "c++" }, "no C++ compiler")
  }

  @Test(arguments: Compiler.all)
  func everyHeaderStandsAlone(compiler: Compiler) {
    let headers = Repository.files.filter { $0.hasPrefix("include/") && $0.hasSuffix(".h") }
    let command = "\(compiler.command) -fsyntax-only -x \(compiler.language)"
    let run = Shell(
      "status=0; for header in \(headers.joined(separator: " ")); do "
        + "echo \"#include \\\"$header\\\"\" | \(command) -I. - || status=1; done; exit $status")
    #expect(run.status == 0, "\(run.output)")
  }

  @Test(arguments: Compiler.all)
  func everyMacroServesAuthors(compiler: Compiler) {
    let source = "-x \(compiler.language) Tests/HeaderTests/macros.c"
    let run = Shell("\(compiler.command) -fsyntax-only \(source)")
    #expect(run.status == 0, "\(run.output)")
  }

  @Test(arguments: Compiler.all.filter { $0.standard != "c99" })
  func theLayoutIsWhatTheDocumentationSays(compiler: Compiler) {
    let source = "-x \(compiler.language) Tests/HeaderTests/layout.c"
    let run = Shell("\(compiler.command) -fsyntax-only \(source)")
    #expect(run.status == 0, "\(run.output)")
  }

  @Test func theCompilerIsReallyAsked() throws {
    let scratch = try Scratch()
    let wrong = try scratch.file(
      "wrong.c", "#include <holdfast/base.h>\n_Static_assert(sizeof(hf_str_t) == 8, \"\");\n")
    let compiler = try #require(Compiler.all.first { $0.standard == "c11" })
    let run = Shell("\(compiler.command) -fsyntax-only \(wrong)")
    #expect(run.status != 0)
  }

  /// Code in the documents is code that is built.
  @Test func theExampleOfTheDocumentationIsTheFileThatIsBuilt() throws {
    let text = Repository.read("docs/ABI.md")
    let blocks = text.split(separator: "```c\n").dropFirst().compactMap {
      $0.split(separator: "```").first.map(String.init)
    }
    #expect(blocks == [Repository.read("Tests/HeaderTests/minimal.c")])
    let scratch = try Scratch()
    let library = "\(scratch.path)/hello.so"
    let run = Shell("cc -shared -fPIC -Iinclude Tests/HeaderTests/minimal.c -o \(library)")
    #expect(run.status == 0, "\(run.output)")
    #expect(PluginBinaryTests.exports(of: library).contains("hf_plugin_main"))
    let note = Shell("readelf --notes \(library)")
    #expect(note.output.contains("Holdfast") && note.output.contains(".note.holdfast"))
  }
}
