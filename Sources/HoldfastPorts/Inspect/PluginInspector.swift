import CHoldfast
import HoldfastCore

/// Reads a plugin without running any of its code. It never trusts what it reads.
public enum PluginInspector {
  /// The function that a plugin exports.
  static let entry = "hf_plugin_main"

  /// Functions that end, stop or change the whole host when a plugin calls them.
  private static let risky: Set<String> = [
    "_Exit", "_exit", "abort", "chdir", "dlclose", "exit", "fchdir", "fork", "putenv",
    "quick_exit", "setenv", "setlocale", "setrlimit", "sigaction", "signal", "sigprocmask",
    "system", "umask", "unsetenv", "vfork",
  ]

  /// Inspects the content of a file; `file` is the name it goes by in sentences.
  public static func inspect(_ content: [UInt8], file: String) -> PluginInspection {
    var found = PluginInspection(
      file: file, size: content.count, sha256: HoldfastPorts.sha256(content))
    let bytes = ElfBytes(content)
    do throws(ElfDamage) {
      let header = try ElfHeader(bytes)
      found.architecture = header.machine.description
      guard isForThisHost(header, &found) else { return found }
      let dynamic = try ElfDynamic(bytes, header)
      let notes = try elfNotes(bytes, header)
      describe(dynamic, notes, &found)
      check(dynamic, notes, &found)
    } catch {
      found.add(
        .notLibrary,
        "is not a shared library: it \(error.description); build it with `cc -shared -fPIC`, or "
          + "take it out of the plugin folder")
    }
    return found
  }

  private static func isForThisHost(
    _ header: ElfHeader, _ found: inout PluginInspection
  ) -> Bool {
    guard header.is64Bit, header.isLittleEndian, header.machine == ElfMachine.host else {
      found.add(
        .architecture,
        "is built for \(header.machine), and this host runs on \(ElfMachine.host); build it for "
          + "this machine")
      return false
    }
    guard header.type == ElfHeader.sharedObject else {
      found.add(
        .notLibrary, "is not a shared library but another kind of ELF file; link it with `-shared`")
      return false
    }
    return true
  }

  private static func describe(
    _ dynamic: ElfDynamic, _ notes: [ElfNote], _ found: inout PluginInspection
  ) {
    found.soname = dynamic.soname
    found.runPath = dynamic.runPath
    found.needed = dynamic.needed
    found.exports = dynamic.exports.sorted()
    found.constructors = dynamic.constructors
    found.hasStaticTLS = dynamic.hasStaticTLS
    found.riskyImports = dynamic.imports.filter(risky.contains).sorted()
    found.glibcFloor = glibcFloor(dynamic.versions)
    let mark = notes.first { $0.name == "GNU" && $0.type == 3 }
    found.buildID = hexadecimal(mark?.content ?? [])
  }

  private static func glibcFloor(_ versions: [String]) -> String {
    let numbers = versions.compactMap { version -> [Int]? in
      guard version.hasPrefix("GLIBC_") else { return nil }
      let parts = version.dropFirst(6).split(separator: ".").map { Int($0) }
      return parts.contains(nil) ? nil : parts.compactMap { $0 }
    }
    return numbers.max { $0.lexicographicallyPrecedes($1) }?
      .map(String.init).joined(separator: ".") ?? ""
  }

  private static func check(
    _ dynamic: ElfDynamic, _ notes: [ElfNote], _ found: inout PluginInspection
  ) {
    let hasEntry = found.exports.contains(entry)
    let own = notes.filter { $0.name == HF_NOTE_NAME && $0.type == UInt64(HF_NOTE_TYPE) }
    if dynamic.isProgram {
      found.add(.notLibrary, "is a program, not a shared library; link it with `-shared`")
    } else if !hasEntry, own.isEmpty {
      found.add(
        .noEntry,
        "is a shared library but no plugin: it neither exports \(entry) nor has a note; see "
          + "holdfast/plugin.h and holdfast/note.h")
    } else if !hasEntry {
      found.add(
        .noEntry,
        "does not export \(entry); define it as holdfast/plugin.h says, and do not hide it")
    } else if own.isEmpty {
      found.add(.mismatch, "has no note; add one with HF_PLUGIN_NOTE of holdfast/note.h")
    }
    guard let first = own.first else { return }
    do throws(ElfDamage) {
      if own.count > 1 { throw ElfDamage("has \(own.count) notes instead of one") }
      let note = try PluginNote.parse(first.content)
      found.note = note
      NoteCheck.check(note, &found)
    } catch {
      found.add(.mismatch, "\(error.description); correct its HF_PLUGIN_NOTE and build it again")
    }
  }
}
