import Glibc
import HoldfastCore
import HoldfastPorts
import Testing

/// Looking for plugins in folders.
@Suite struct PluginScannerTests {
  @Test func theFirstOfTwoWithOneIdStandsForIt() throws {
    let root = try TemporaryFolder()
    let content = try Fixtures.content("listener")
    let near = try root.folder("near")
    let far = try root.folder("far")
    _ = try root.write("near/b.so", content)
    _ = try root.write("near/a.so", content)
    _ = try root.write("far/c.so", content)
    let found = PluginScanner.scan(folders: [near, "\(root.path)/none", far])
    #expect(found.map(\.path) == ["\(near)/a.so", "\(near)/b.so", "\(far)/c.so"])
    #expect(found.map(\.isChosen) == [true, false, false])
    #expect(found[0].faults.isEmpty)
    #expect(
      found[2].faults == [
        PluginFault(
          .duplicate,
          "\(far)/c.so has the id listener, and so has \(near)/a.so, which is used; remove one of "
            + "the two or give it another id")
      ])
  }

  @Test func whatIsNoLibraryIsAFaultAndOtherFilesAreNone() throws {
    let root = try TemporaryFolder()
    _ = try root.write("notes.so", Array("not a library".utf8))
    _ = try root.write("notes.txt", Array("nor this".utf8))
    let found = PluginScanner.scan(folders: [root.path])
    #expect(found.map(\.path) == ["\(root.path)/notes.so"])
    #expect(found.first?.faults.map(\.code) == [.notLibrary])
  }

  @Test func aFileThatOthersMayChangeIsShownWithItsNote() throws {
    let root = try TemporaryFolder()
    let path = try root.write("l.so", try Fixtures.content("listener"), mode: 0o666)
    let found = PluginScanner.examine(path: path)
    #expect(found.id == "listener" && found.faults.map(\.code) == [.untrusted])
  }

  @Test func aLibraryThatAPluginNeedsIsNoCandidate() throws {
    let root = try TemporaryFolder()
    let paths = try Linked.make(in: root, needing: "libbeside.so")
    let found = PluginScanner.scan(folders: [root.path])
    #expect(found.map(\.path) == [paths.plugin])
    unlink(paths.plugin)
    let alone = PluginScanner.scan(folders: [root.path])
    #expect(alone.flatMap(\.faults).map(\.code) == [.noEntry])
  }
}
