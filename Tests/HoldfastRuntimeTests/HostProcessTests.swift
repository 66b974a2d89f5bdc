import FoundationEssentials
import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastRuntime
import HoldfastThreads
import Testing

/// A host within the test's own process.
@Suite struct HostProcessTests {
  /// A state of its own, and all that was logged.
  private final class Ground: @unchecked Sendable {
    // Safe: the lines are used under the monitor's lock.
    let folder: String
    private let monitor = Monitor()
    private var lines: [LogLine] = []

    init() throws {
      var template = Array("/tmp/holdfast-runtime-XXXXXX".utf8CString)
      try #require(mkdtemp(&template) != nil)
      folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var options: HostOptions {
      var choice = PathChoice()
      choice.stateDirectory = folder + "/state"
      let around = PathSurroundings(environment: [:], workingDirectory: folder, user: geteuid())
      return HostOptions(
        paths: HostPaths(choice, in: around),
        log: { [weak self] line in self?.monitor.withLock { self?.lines.append(line) } })
    }

    var log: [LogLine] { monitor.withLock { lines } }

    func configure(_ text: String) throws {
      let state = folder + "/state"
      try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
      try text.write(toFile: state + "/holdfast.toml", atomically: true, encoding: .utf8)
    }
  }

  @Test func aHostWithoutPluginsIsReadyAndAnswersTheCommandLine() throws {
    let ground = try Ground()
    try ground.configure("[plugins]\n")
    let host = try HostProcess(options: ground.options)
    try host.start()
    host.waitUntilReady()
    let client = ControlClient(path: ground.options.paths.controlSocket)
    guard case .status(let status) = try client.ask(.status) else {
      Issue.record("no status")
      return
    }
    #expect(status.pid == getpid() && status.state == "running")
    #expect(status.stateFolder == ground.options.paths.stateDirectory)
    #expect(host.stop() == StopReport())
    #expect(!client.isHostRunning)
  }

  @Test func aSecondStopGivesTheSameReportAndAnotherHostMayFollow() throws {
    let ground = try Ground()
    try ground.configure("[plugins.absent]\n")
    for _ in 0..<2 {
      let host = try HostProcess(options: ground.options)
      try host.start()
      host.waitUntilReady()
      #expect(host.stop() == host.stop())
    }
    let missing = ground.log.filter { $0.text.contains("no file with the id “absent”") }
    #expect(missing.count == 2 && missing.allSatisfy { $0.level == .error })
  }

  @Test func aSecondHostOnTheSameStateIsRefusedAndAHostThatNeverStartedLeavesNoLock() throws {
    let ground = try Ground()
    try ground.configure("")
    do {
      let first = try HostProcess(options: ground.options)
      let failure = #expect(throws: HostStartError.self) {
        _ = try HostProcess(options: ground.options)
      }
      #expect(failure?.description.contains("pid \(getpid())") ?? false)
      #expect(failure?.isConfiguration == false)
      withExtendedLifetime(first) {}
    }
    let second = try HostProcess(options: ground.options)
    #expect(second.stop() == StopReport())
  }

  @Test func aConfigurationThatIsNoneIsToldFromOtherReasons() throws {
    let ground = try Ground()
    try ground.configure("[host\n")
    let failure = #expect(throws: HostStartError.self) {
      _ = try HostProcess(options: ground.options)
    }
    #expect(failure?.isConfiguration == true)
    #expect(failure?.description.contains("holdfast.toml:1:") ?? false)
  }
}
