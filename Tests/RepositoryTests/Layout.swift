/// What a plugin that was built long ago relies on, one entry a line: the value of each constant,
/// place and size of each field, context, version, signature and status codes of each function.
///
/// Reserved fields have no entries, since new fields may take their place; the size of the struct
/// around them stays.
struct Layout: Equatable {
  private(set) var entries: [String: String] = [:]

  init(lock text: String) {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      entries[parts[0]] = String(parts[1].dropFirst())
    }
  }

  /// Of the headers, as the C compiler lays them out; `folder` is on its include path.
  init(of headers: [Header], include folder: String) throws {
    let scratch = try Scratch()
    let source = try scratch.file("layout.c", Layout.program(for: headers))
    let binary = "\(scratch.path)/layout"
    let run = Shell("cc -std=c11 -I'\(folder)' '\(source)' -o '\(binary)' && '\(binary)'")
    guard run.status == 0 else { throw LayoutError(output: run.output) }
    self.init(lock: run.output)
    for header in headers { add(header) }
  }

  private mutating func add(_ header: Header) {
    for constant in header.constants { entries["constant \(constant.name)"] = constant.value }
    for alias in header.aliases { entries["type \(alias.name)"] = alias.type }
    for (_, owner, member) in header.calls {
      let name = owner.isEmpty ? member.name : "\(owner).\(member.name)"
      entries["call \(name)"] = [
        Layout.tag(of: member.comment), Layout.version(of: member.comment), member.type,
      ].joined(separator: " ")
      let codes = Set(member.comment.matches(of: /HF_(OK|PENDING|E_[A-Z_]+)/).map { $0.0 })
      if !codes.isEmpty { entries["codes \(name)"] = codes.sorted().joined(separator: " ") }
    }
    for type in header.structs {
      for field in type.members where field.call == nil && !field.isReserved {
        entries["field \(type.name).\(field.name)", default: ""] += " \(field.type)"
      }
    }
  }

  private static func tag(of comment: String) -> String {
    comment.firstMatch(of: /\[(plugin|any|starting|crash)\]/).map { String($0.0) } ?? "[]"
  }

  private static func version(of comment: String) -> String {
    comment.firstMatch(of: /since 1\.\d+/).map { String($0.0) } ?? ""
  }

  /// A program that prints the entries which only a compiler knows.
  private static func program(for headers: [Header]) -> String {
    var lines = headers.map {
      "#include <\($0.path.split(separator: "/").dropFirst().joined(separator: "/"))>"
    }
    lines += [
      "#include <stddef.h>", "#include <stdio.h>",
      "#define TYPE(t) printf(\"struct %s: size %zu, align %zu\\n\", #t, sizeof(t), _Alignof(t));",
      "#define FIELD(k, t, f) \\",
      "  printf(\"%s %s.%s: offset %zu, size %zu\", k, #t, #f, offsetof(t, f), \\",
      "         sizeof(((t *)0)->f)); puts(\"\");", "int main(void) {",
    ]
    for type in headers.flatMap(\.structs) {
      lines.append("TYPE(\(type.name))")
      for member in type.members {
        let kind = member.isReserved ? "reserved" : member.call == nil ? "field" : "slot"
        lines.append("FIELD(\"\(kind)\", \(type.name), \(member.name))")
      }
    }
    return (lines + ["}", ""]).joined(separator: "\n")
  }

  /// Entries of this lock that the other lacks or says otherwise: each breaks plugins.
  func broken(by other: Layout) -> [String] {
    locked.compactMap { key, value in
      other.entries[key] == value ? nil : "\(key): \(value) -> \(other.entries[key] ?? "gone")"
    }.sorted()
  }

  /// Entries that the other has and this lock does not.
  func missing(from other: Layout) -> [String] {
    other.locked.keys.filter { entries[$0] == nil }.sorted()
  }

  private var locked: [String: String] {
    entries.filter { !$0.key.hasPrefix("reserved ") }
  }

  /// The text of the lock file.
  var text: String {
    let head = "# What released headers promise; `make layout` adds what is new. See docs/ABI.md.\n"
    return head + locked.map { "\($0): \($1)\n" }.sorted().joined()
  }

  /// Offset and size of every member of a struct, reserved ones too, in order.
  func places(in type: String) -> [(name: String, offset: Int, size: Int)] {
    entries.compactMap { key, value -> (name: String, offset: Int, size: Int)? in
      let parts = key.split(whereSeparator: { " .".contains($0) })
      guard parts.count == 3, parts[1] == type, ["field", "slot", "reserved"].contains(parts[0]),
        let match = value.firstMatch(of: /offset (\d+), size (\d+)/),
        let offset = Int(match.1), let size = Int(match.2)
      else { return nil }
      return (String(parts[2]), offset, size)
    }.sorted { $0.offset < $1.offset }
  }

  /// Size and alignment of a struct.
  func shape(of type: String) -> (size: Int, alignment: Int)? {
    guard let match = entries["struct \(type)"]?.firstMatch(of: /size (\d+), align (\d+)/),
      let size = Int(match.1), let alignment = Int(match.2)
    else { return nil }
    return (size, alignment)
  }

  static let current = Result {
    try Layout(of: Header.all, include: "\(Repository.root)/include")
  }
}

/// Why the C compiler did not tell the layout.
struct LayoutError: Error {
  let output: String
}
