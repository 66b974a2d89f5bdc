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

  @Test func aStopMeanwhileEndsTheHost() throws {
    let (stage, gate) = try begin()
    #expect(stage.stop() == 0)
    withExtendedLifetime(gate) {}
    #expect(stage.lastLog.contains("stopped; everything is in the journal"))
  }

  /// Others may wait for the loader for as long, and are not blamed for it.
  @Test func whoIsInItIsNamedAndNobodyElse() throws {
    let stage = try Stage()
    let gate = try Gate(in: stage.folder)
    stage.environment["HOLDFAST_GATE"] = gate.path
    for name in ["early", "late"] {
      stage.sections[name] = """
        plugin = "hangs-in-constructor"
        path = "\(Clone.fixture("hangs_in_constructor"))"

        """
    }
    for name in ["a", "b", "c", "d"] {
      stage.sections[name] = "path = \"\(Clone.fixture("listener"))\"\n"
    }
    try stage.start(isAwaited: false)
    try gate.waitUntilReached()
    let holder = try loading(stage)
    try stage.logged("plugin \(holder) has been in load for")
    // Everybody has been looked at many times by then.
    try Patience.until("it has been at it for long") {
      try stage.status().longCalls.contains { $0.ageMilliseconds > 4000 }
    }
    #expect(try stage.status().longCalls.map(\.plugin) == [holder])
    gate.letGo()
    try stage.ready()
    let lines = stage.log.split(separator: "\n").filter { $0.contains(" has ") }
    #expect(lines.allSatisfy { $0.contains("plugin \(holder) has been in load") }, "\(lines)")
    #expect(try stage.status().plugins.allSatisfy { $0.state == "running" })
    #expect(stage.stop() == 0)
  }

  private func loading(_ stage: Stage) throws -> String {
    var found = ""
    try Patience.until("a plugin is being loaded") {
      found = (try? stage.status().longCalls.first { $0.call == "load" }?.plugin) ?? ""
      return !found.isEmpty
    }
    return found
  }
}
