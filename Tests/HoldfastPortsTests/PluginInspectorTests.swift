import HoldfastCore
import HoldfastPorts
import Testing

/// Reading files without running them, whatever is in them.
@Suite struct PluginInspectorTests {
  private func inspect(_ fixture: String) throws -> PluginInspection {
    PluginInspector.inspect(try Fixtures.content(fixture), file: fixture + ".so")
  }

  @Test func whatAPluginSaysAndNeedsIsFound() throws {
    let found = try inspect("memory_recorder")
    #expect(found.faults.isEmpty)
    #expect(found.exports == ["hf_plugin_main"] && found.needed == ["libc.so.6"])
    #expect(found.note?.id == "memory-recorder" && found.note?.version == "1.0.0")
    #expect(found.note?.kinds == ["memory"] && found.note?.events == ["prefetch.requested"])
    #expect(found.note?.concurrency == "instance" && found.note?.language == "C")
    #expect(!found.hasStaticTLS && !found.glibcFloor.isEmpty && found.buildID.count == 40)
    #expect(found.riskyImports == ["abort"])
    #expect(found.sha256 == sha256(try Fixtures.content("memory_recorder")))
    #expect(found.size == (try Fixtures.content("memory_recorder")).count)
  }

  @Test func riskyImportsAreNamed() throws {
    #expect(try inspect("exits").riskyImports.contains("exit"))
    #expect(try !inspect("listener").riskyImports.contains("exit"))
  }

  @Test func aTextIsNoLibrary() {
    let found = PluginInspector.inspect(Array("not a library".utf8), file: "a.so")
    #expect(
      found.faults == [
        PluginFault(
          .notLibrary,
          "a.so is not a shared library: it has no ELF mark; build it with `cc -shared -fPIC`, or "
            + "take it out of the plugin folder")
      ])
  }

  @Test func anEmptyFileIsNoLibrary() {
    #expect(PluginInspector.inspect([], file: "a.so").faults.map(\.code) == [.notLibrary])
  }

  @Test func anotherProcessorIsNamed() throws {
    var content = try Fixtures.content("listener")
    content[18] = 243
    content[19] = 0
    let fault = try #require(PluginInspector.inspect(content, file: "a.so").faults.first)
    #expect(fault.code == .architecture)
    #expect(fault.description.hasPrefix("a.so is built for RISC-V, and this host runs on "))
  }

  @Test func anotherWordSizeIsNamed() throws {
    var content = try Fixtures.content("listener")
    content[4] = 1
    #expect(PluginInspector.inspect(content, file: "a.so").faults.map(\.code) == [.architecture])
  }

  @Test func aProgramIsNoPlugin() throws {
    let found = PluginInspector.inspect(try read("/proc/self/exe"), file: "self.so")
    #expect(found.faults.map(\.code) == [.notLibrary])
  }

  @Test func aTruncatedLibraryIsAFaultAtEveryLength() throws {
    let content = try Fixtures.content("listener")
    for length in stride(from: 0, to: content.count, by: 7) {
      let found = PluginInspector.inspect(Array(content.prefix(length)), file: "a.so")
      #expect(!found.faults.isEmpty || found.note?.id == "listener")
    }
  }

  /// A trap would end the whole test run.
  @Test(arguments: ["listener", "memory_recorder", "no_entry"])
  func noDamageTrapsTheInspector(fixture: String) throws {
    let content = try Fixtures.content(fixture)
    var source = IdentitySource(seed: 0x5EED)
    let interesting: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]
    let structural = 4096
    for _ in 0..<2000 {
      var damaged = content
      for _ in 0...(source.next() % 8) {
        let reach = source.next() % 4 == 0 ? damaged.count : min(structural, damaged.count)
        let place = Int(source.next() % UInt64(reach))
        let choice = Int(source.next() % 12)
        let value =
          choice < interesting.count
          ? interesting[choice] : UInt8(truncatingIfNeeded: source.next())
        let width = [1, 2, 4, 8][Int(source.next() % 4)]
        for offset in place..<min(place + width, damaged.count) { damaged[offset] = value }
      }
      if source.next() % 8 == 0 {
        damaged.removeLast(Int(source.next() % UInt64(damaged.count)))
      }
      let found = PluginInspector.inspect(damaged, file: "a.so")
      #expect(found.size == damaged.count)
    }
  }

  @Test func theDynamicSectionMayHoldAnything() throws {
    let content = try Fixtures.content("listener")
    let start = try #require(Self.dynamicSection(content))
    var source = IdentitySource(seed: 7)
    for _ in 0..<2000 {
      var damaged = content
      for _ in 0..<3 {
        let entry = start + Int(source.next() % 30) * 16 + Int(source.next() % 2) * 8
        let value = [0, 1, 0xFF, UInt64.max, UInt64.max - 7, source.next(), 1 << 63][
          Int(source.next() % 7)]
        for byte in 0..<8 where entry + byte < damaged.count {
          damaged[entry + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte)))
        }
      }
      _ = PluginInspector.inspect(damaged, file: "a.so")
    }
  }

  /// Where the segment of type 2 begins in the file.
  private static func dynamicSection(_ content: [UInt8]) -> Int? {
    func number(_ place: Int, _ width: Int) -> Int {
      content[place..<(place + width)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let table = number(32, 8)
    return (0..<number(56, 2)).map { table + $0 * 56 }.first { number($0, 4) == 2 }
      .map { number($0 + 8, 8) }
  }
}
