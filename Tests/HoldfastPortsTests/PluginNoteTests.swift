import HoldfastCore
import Testing

@testable import HoldfastPorts

/// What a note may say.
@Suite struct PluginNoteTests {
  private func note(_ text: String) throws -> PluginNote {
    try PluginNote.parse(Array(text.utf8))
  }

  private func damage(_ text: String) -> String? {
    do {
      _ = try PluginNote.parse(Array(text.utf8))
      return nil
    } catch {
      return error.description
    }
  }

  @Test func absentKeysAreEmptyAndUnknownOnesIgnored() throws {
    let note = try note(#"{"id":"a.b-1","version":"2","abi":"1.0","colour":["blue"]}"#)
    #expect(note.kinds.isEmpty && note.concurrency == "instance" && note.schema == PluginSchema())
  }

  @Test func theSchemaComesWithItsDefaults() throws {
    let note = try note(
      #"""
      {"id":"a","version":"2","abi":"1.0","config":{
        "path":{"type":"string","default":"a.sqlite","help":"Where."},
        "depth":{"type":"integer","default":3,"required":true},
        "ratio":{"type":"number","default":0.5},
        "key":{"type":"string","secret":true},
        "names":{"type":"list","default":["a",1]}}}
      """#)
    #expect(
      note.schema.settings == [
        "path": .init(.string, defaultValue: .string("a.sqlite"), help: "Where."),
        "depth": .init(.integer, defaultValue: .integer(3), required: true),
        "ratio": .init(.number, defaultValue: .number(0.5)),
        "key": .init(.string, secret: true),
        "names": .init(.list, defaultValue: .list([.string("a"), .integer(1)])),
      ])
  }

  @Test func whatIsWrongWithANoteIsNamed() {
    #expect(damage(#"{"version":"2","abi":"1.0"}"#) == #"has a note without "id""#)
    #expect(damage(#"{"id":"a","abi":"1.0"}"#) == #"has a note without "version""#)
    #expect(
      damage(#"{"id":"a","version":"2","abi":"1.0","kinds":"memory"}"#)
        == #"has a note whose "kinds" is of the wrong type"#)
    #expect(damage("[]") == #"has a note whose "" is of the wrong type"#)
    #expect(
      damage(#"{"id":"A b","version":"2","abi":"1.0"}"#)
        == #"has the id "A b"; an id is made of a-z, 0-9, dots and hyphens"#)
    #expect(
      damage(#"{"id":"a","version":"2","abi":"1.0","config":{"x":{"type":"date"}}}"#)
        == #"has the unknown type "date" for its setting "x""#)
    #expect(damage(String(repeating: "[", count: 60_000)) == "has a note that is not a JSON object")
  }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(throws: ElfDamage("has a note that is not UTF-8")) {
      try PluginNote.parse([0x7B, 0xFF, 0x7D])
    }
    #expect(throws: ElfDamage("has a note of 65537 bytes; at most 65536 are read")) {
      try PluginNote.parse([UInt8](repeating: 0x20, count: 65_537))
    }
  }

  @Test func everyEventHasAName() {
    for bit in 0..<16 {
      let kind = EventKind(rawValue: 1 << bit)
      #expect(kind.note.flatMap { EventKind(note: $0) } == kind)
    }
    #expect(EventKind.flush.note == nil)
  }
}
