import CShims
import Glibc
import HoldfastCore
import Testing

@testable import HoldfastRuntime

@Suite struct FlightRecorderTests {
  private static func event(_ sequence: UInt64) -> DiagnosticEvent {
    var event = DiagnosticEvent(sequence % 100 == 0 ? .heartbeat : .turnCompleted)
    event.sequence = sequence
    event.time = WallTime(milliseconds: Int64(sequence))
    event.outcome = "ok"
    return event
  }

  @Test func theFileHasTheLastEventsWhileTheHostRuns() throws {
    let folder = try RuntimeFolder()
    let recorder = FlightRecorder(path: folder.path + "/recorder", startedMilliseconds: 5)
    #expect(recorder.problem == nil)
    let count = UInt64(FlightRing.capacity + 1000)
    for sequence in 1...count { recorder.keep(Self.event(sequence)) }
    recorder.settle(within: .seconds(60))
    // Nothing was closed or synced: this is what another process finds after `kill -9`.
    let ring = try #require(FlightRing(try folder.read("recorder")))
    #expect(ring.events.map(\.sequence) == Array(1001...count) && ring.unreadable == 0)
    #expect(ring.header.ending == .none && ring.header.pid == getpid())
    #expect(ring.header.startedMilliseconds == 5)
    #expect(ring.header.heartbeatMilliseconds == 5000)
    #expect(recorder.events == ring.events)
    recorder.end(.gaveUp, words: "it is over")
    let ended = try #require(FlightRing(try folder.read("recorder")))
    #expect(ended.header.ending == .gaveUp && ended.header.words == "it is over")
    #expect(ended.header.heartbeatMilliseconds == 5000)
  }

  /// The thread that writes rests after each look, and what is kept meanwhile it has not written.
  @Test func whatWasKeptJustBeforeACrashIsInTheFile() async throws {
    let path = "/tmp/holdfast-recorder-\(getpid())"
    defer { unlink(path) }
    await #expect(processExitsWith: .failure) {
      cshims_crash_handlers_install(-1)
      let recorder = FlightRecorder(path: "/tmp/holdfast-recorder-\(getppid())")
      recorder.keep(FlightRecorderTests.event(1))
      recorder.settle(within: .seconds(60))
      for sequence in 2...100 { recorder.keep(FlightRecorderTests.event(UInt64(sequence))) }
      raise(SIGSEGV)
    }
    let ring = try #require(FlightFiles.read(path))
    #expect(ring.events.map(\.sequence) == Array(1...100) && ring.unreadable == 0)
  }

  @Test func whereThereIsNoFileItIsMemory() throws {
    let folder = try RuntimeFolder()
    mkdir(folder.path + "/recorder", 0o700)
    let recorder = FlightRecorder(path: folder.path + "/recorder")
    let problem = try #require(recorder.problem)
    #expect(problem.contains("cannot be kept") && problem.contains("memory alone"))
    recorder.keep(Self.event(1))
    #expect(recorder.events.map(\.sequence) == [1])
    let nowhere = FlightRecorder(path: folder.path + "/missing/recorder")
    #expect(nowhere.problem?.contains("no such file") == true)
  }

  /// A file that may not grow stands for a disk that is full: a store beyond it would end the
  /// process, so the room is asked for first.
  @Test func aFullDiskIsFoundBeforeAnythingIsStored() async throws {
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 65_536, rlim_max: 65_536)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let path = "/tmp/holdfast-full-\(getpid())"
      let recorder = FlightRecorder(path: path)
      for sequence in 1...5000 { recorder.keep(FlightRecorderTests.event(UInt64(sequence))) }
      let isLeft = access(path, F_OK) == 0
      exit(recorder.problem != nil && recorder.events.count == 4096 && !isLeft ? 0 : 1)
    }
  }

  @Test func aDamagedFileIsNoRing() throws {
    let folder = try RuntimeFolder()
    let files = FlightFiles(stateFolder: folder.path)
    try folder.write("recorder", Array("what is this".utf8))
    files.putAside()
    #expect(files.aside == nil && FlightFiles.read(files.path) == nil)
    let recorder = FlightRecorder(path: files.path)
    #expect(recorder.problem == nil, "it is made anew")
    recorder.keep(Self.event(1))
    recorder.settle(within: .seconds(60))
    files.putAside()
    #expect(files.aside?.events.count == 1)
    recorder.end(.orderly)
    let orderly = FlightRecorder(path: files.path)
    orderly.end(.orderly)
    files.forgetAside()
    files.putAside()
    #expect(files.aside == nil, "who ended well leaves nothing to be told")
  }
}
