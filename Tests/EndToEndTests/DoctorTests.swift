import CShims
import FoundationEssentials
import Glibc
import HoldfastCore
import Testing

/// `holdfast doctor`
@Suite struct DoctorTests {
  private func file(_ stage: Stage) -> String { stage.folder.path + "/holdfast.toml" }

  private func doctor(_ stage: Stage, _ arguments: String...) throws -> Finished {
    try Finished(
      [Clone.holdfast, "doctor", "--state-dir", stage.state, "--config", file(stage)] + arguments)
  }

  @Test func aHealthyHostIsHealthyWithAndWithoutRunning() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    try stage.chat().ask("hello")
    try stage.settled("notes")
    let live = try doctor(stage)
    #expect(live.status == 0, "\(live.output)")
    for part in [
      "host: running, pid \(stage.pid)", "journal: schema", "pages agree", "plugin notes: ",
    ] { #expect(live.output.contains(part), "\(part) in \(live.output)") }
    #expect(stage.stop() == 0)
    let still = try doctor(stage, "--json")
    #expect(still.status == 0, "\(still.output)")
    guard case .object(let fields) = try JSON(Array(still.output.utf8)) else { return }
    #expect(fields["ok"] == .boolean(true))
    #expect(still.output.contains("no host is running"))
  }

  @Test func whereThereIsNothingItSaysSo() throws {
    let stage = try Stage()
    let none = try Finished([Clone.holdfast, "doctor", "--state-dir", stage.state])
    #expect(none.status == 4 && none.output.contains("there is no state"))
    #expect(access(stage.state, F_OK) != 0, "it makes nothing")
  }

  @Test func aConfigurationThatIsNoneIsAnError() throws {
    let stage = try Stage()
    try stage.start()
    #expect(stage.stop() == 0)
    try "[host\n".write(toFile: file(stage), atomically: true, encoding: .utf8)
    let broken = try doctor(stage)
    #expect(broken.status == 1 && broken.output.contains("error    configuration: "))
    try "[host]\nqueue_cup = 3\n[plugins.recall]\n".write(
      toFile: file(stage), atomically: true, encoding: .utf8)
    #expect(try doctor(stage).output.contains("did you mean \"queue_cap\""))
  }

  @Test func openFoldersAndOldSocketsArePutRightWhenAsked() throws {
    let stage = try Stage()
    try stage.start()
    stage.kill9()
    chmod(stage.state, 0o777)
    chmod(stage.state + "/run", 0o755)
    let found = try doctor(stage)
    #expect(found.status == 1, "\(found.output)")
    for part in ["is open to others (mode 777)", "(mode 755)", "control.sock", "left behind"] {
      #expect(found.output.contains(part), "\(part) in \(found.output)")
    }
    #expect(access(stage.state + "/run/control.sock", F_OK) == 0, "it changes nothing unasked")
    let fixed = try doctor(stage, "--fix")
    #expect(
      fixed.output.contains("fixed    state: ") && fixed.output.contains("removed console.sock"))
    #expect(access(stage.state + "/run/control.sock", F_OK) != 0)
    let after = try doctor(stage)
    #expect(after.status == 0, "\(after.output)")
    try stage.start()
    #expect(stage.stop() == 0)
  }

  @Test func socketsOfAHostThatRunsAreLeftAlone() throws {
    let stage = try Stage()
    try stage.start()
    #expect(try doctor(stage, "--fix").status == 0)
    #expect(try stage.status().state == "running")
    #expect(stage.stop() == 0)
  }

  @Test func aDamagedJournalIsFound() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    for number in 0..<20 { try chat.ask("message \(number)") }
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    let path = stage.state + "/journal.sqlite"
    let journal = open(path, O_RDWR)
    let noise = [UInt8](repeating: 0x5A, count: 4000)
    for page in 2...5 { pwrite(journal, noise, noise.count, off_t(page * 4096)) }
    close(journal)
    let found = try doctor(stage)
    #expect(found.status == 1 && found.output.contains("is damaged"), "\(found.output)")
    try "hello".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try doctor(stage).output.contains("error    journal: "))
  }

  @Test func aPluginThatChangedAndOneThatIsMissingAreFound() throws {
    let stage = try Stage(["notes": 1])
    let copy = try stage.folder.copy(Clone.fixture("echo_model"), to: "model.so")
    stage.sections["other"] = "plugin = \"echo-model\"\npath = \"\(copy)\"\n"
    stage.sections["gone"] = "plugin = \"nowhere\"\n"
    try stage.start()
    #expect(stage.stop() == 0)
    try FileManager.default.removeItem(atPath: copy)
    _ = try stage.folder.copy(Clone.fixture("scripted_model"), to: "model.so")
    let found = try doctor(stage)
    #expect(found.status == 1)
    #expect(found.output.contains("plugin other: ") && found.output.contains("plugin enable other"))
    #expect(found.output.contains("no file with the id “nowhere”"))
  }

  @Test func whoHoldsWhatAndWhatDoesNotGoOnIsShown() throws {
    let stage = try Stage(["notes": 1])
    stage.head += "[diagnostics]\nstuck_after_ms = 100\nheartbeat_interval_ms = 3600000\n"
    try stage.start()
    let chat = try stage.chat()
    try stage.model.rule("respond", .hang)
    try chat.say("one")
    try stage.model.next("respond")
    try chat.say("two")
    let session = try stage.current()
    try Patience.until("its session and its call take long") {
      let status = try stage.status()
      return !status.attention.isEmpty && !status.longCalls.isEmpty
    }
    let standby = try Spawned(
      [Clone.holdfast, "run", "--standby", "--state-dir", stage.state, "--config", file(stage)],
      stderr: stage.folder.path + "/standby.log")
    try Patience.until("the kernel knows of the standby") {
      try stage.locks().host.standbys == 1
    }
    let found = try doctor(stage)
    #expect(found.status == 4, "\(found.output)")
    let lines = found.output.split { $0.isNewline }
    let held = try #require(lines.first { $0.contains("session \(session): its lane") })
    #expect(held.hasPrefix("ok ") && held.contains("is held by a turn of message for "))
    #expect(held.contains("which waits for model echo; 1 wait, the first for "))
    let slow = try #require(lines.first { $0.contains("session \(session): is ") })
    #expect(slow.contains("in respond of plugin echo for ") && slow.contains("sessions explain"))
    #expect(lines.contains { $0.hasPrefix("warning") && $0.contains("plugin echo: has been in ") })
    #expect(lines.contains { $0.contains("host: 1 host stands by") })
    kill(standby.pid, SIGTERM)
    #expect(standby.wait() == 0)
    try stage.model.release()
    stage.kill9()
  }

  @Test func aFolderThatOnlyTheRunningHostWasToldIsNoFault() throws {
    let stage = try Stage()
    mkdir(stage.folder.path + "/mine", 0o700)
    _ = try stage.folder.copy(Clone.fixture("echo_model"), to: "mine/model.so")
    stage.sections["other"] = "plugin = \"echo-model\"\n"
    try stage.start(["--plugins", stage.folder.path + "/mine"])
    let live = try doctor(stage)
    #expect(live.status == 0, "\(live.output)")
    #expect(live.output.contains("plugin other: echo-model, in use by the host that runs"))
    let named = try doctor(stage, "--plugins", stage.folder.path + "/mine")
    #expect(named.output.contains("mine/model.so"), "\(named.output)")
    #expect(stage.stop() == 0)
    #expect(try doctor(stage).output.contains("no file with the id “echo-model”"))
  }

  @Test func aCrashAndParkedBatchesAreShown() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    notes.begin(with: "retain", .refuse, times: 1)
    try stage.start()
    try stage.chat().ask("hello")
    try Patience.until("a batch is parked") { try stage.row("notes").parkedBatches == 1 }
    let live = try doctor(stage)
    #expect(live.status == 4 && live.output.contains("memory pending notes"), "\(live.output)")
    #expect(stage.stop() == 0)
    #expect(try doctor(stage).output.contains("1 batches wait for a person"))
    let crash = stage.state + "/crash/record-3"
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    try "time=\(now)\nkind=SIGSEGV\nplugin=bad\ncall=recall\n".write(
      toFile: crash, atomically: true, encoding: .utf8)
    #expect(try doctor(stage).output.contains("SIGSEGV in plugin bad, call recall"))
  }
}
