import Glibc
import HoldfastCore
import Testing

/// A plugin's constructor that does not return holds the lock of the loader, and with it whoever
/// asks the loader for anything.
@Suite struct HungLoaderTests {
  /// A host that runs, with one thread in a constructor.
  private func begin() throws -> (stage: Stage, gate: Gate) {
    let stage = try Stage()
    let gate = try Gate(in: stage.folder)
    stage.environment["HOLDFAST_GATE"] = gate.path
    stage.sections["late"] = """
      plugin = "hangs-in-constructor"
      path = "\(Clone.fixture("hangs_in_constructor"))"

      """
    try stage.start(isAwaited: false)
    try gate.waitUntilReached()
    return (stage, gate)
  }

  @Test func aCrashMeanwhileIsRecordedAndEndsTheHost() throws {
    let (stage, gate) = try begin()
    kill(stage.pid, SIGSEGV)
    #expect(stage.waitForEnd() == 1000 + SIGSEGV)
    withExtendedLifetime(gate) {}
    stage.sections["late"] = nil
    try stage.start()
    let record = try #require(try stage.status().lastCrash)
    #expect(record.kind == "SIGSEGV" && record.plugin.isEmpty)
    #expect(record.text.contains(" of /"), "\(record.text)")
    #expect(stage.stop() == 0)
  }
}
