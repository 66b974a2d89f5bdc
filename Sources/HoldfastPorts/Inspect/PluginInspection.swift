public import HoldfastCore

/// What can be said of a file without running any of it.
public struct PluginInspection: Codable, Sendable, Equatable {
  /// A reason to refuse it, as JSON has it.
  public struct Problem: Codable, Sendable, Equatable {
    /// For programs: `PluginFault.Code`.
    public var code: String
    /// The sentence.
    public var text: String
  }

  /// Its name without the folder.
  public var file: String
  /// In bytes.
  public var size: Int
  /// 64 lower-case hexadecimal digits.
  public var sha256: String
  /// What it is built for; empty if it is no ELF file.
  public var architecture = ""
  /// Its own name for the linker; may be empty.
  public var soname = ""
  /// Where its libraries are looked for.
  public var runPath = ""
  /// Libraries that it needs.
  public var needed: [String] = []
  /// Symbols that it exports.
  public var exports: [String] = []
  /// Lowest glibc that has all it asks for, such as "2.34"; empty if it asks for none.
  public var glibcFloor = ""
  /// Functions that run when it is loaded.
  public var constructors = 0
  /// It needs a place that is scarce once a program runs.
  public var hasStaticTLS = false
  /// The linker's mark of this build; may be empty.
  public var buildID = ""
  /// Functions of the system that a plugin should not call, among those it imports.
  public var riskyImports: [String] = []
  /// What it says of itself; nil if it says nothing that can be read.
  public var note: PluginNote?
  /// What it would be refused for; empty if it can be loaded.
  public var problems: [Problem] = []

  /// Nothing known beyond the file.
  init(file: String, size: Int, sha256: String) {
    self.file = file
    self.size = size
    self.sha256 = sha256
  }

  /// The problems as faults, in the same order.
  public var faults: [PluginFault] {
    problems.compactMap { problem in
      PluginFault.Code(rawValue: problem.code).map { PluginFault($0, problem.text) }
    }
  }

  /// It is a library that others need, and says nothing of being a plugin.
  public var isPlainLibrary: Bool {
    note == nil && !architecture.isEmpty && !exports.contains(PluginInspector.entry)
  }

  mutating func add(_ code: PluginFault.Code, _ text: String) {
    problems.append(Problem(code: code.rawValue, text: "\(file) \(text)"))
  }
}
