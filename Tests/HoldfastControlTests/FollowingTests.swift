import CShims
import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastThreads
import Synchronization
import Testing

/// Answers that go on: events as they happen.
@Suite struct FollowingTests {
  /// A recorder of a test.
  private final class Recorder: Sendable {
    private let kept = Mutex<[DiagnosticEvent]>([])

    var events: [DiagnosticEvent] { kept.withLock { $0 } }

    @discardableResult
    func keep(_ name: DiagnosticEvent.Name) -> DiagnosticEvent {
      kept.withLock { kept in
        var event = DiagnosticEvent(name)
        event.sequence = UInt64(kept.count) + 1
        kept.append(event)
        return event
      }
    }
  }

  private struct Ground {
    let folder: TemporaryFolder
    let recorder = Recorder()
    let feed: EventFeed
    let server: ControlServer
    var path: String { folder.path + "/control.sock" }

    init() throws {
      folder = try TemporaryFolder()
      let recorder = recorder
      feed = EventFeed { recorder.events }
      server = try ControlServer(path: folder.path + "/control.sock", feed: feed) { _, reply in
        reply(.done("here"))
      }
    }

    func happen(_ name: DiagnosticEvent.Name) { feed.publish(recorder.keep(name)) }

    /// A client that follows, once the server knows of it.
    func follower(_ filter: String = "{}") throws -> RawClient {
      let client = try RawClient(path: path)
      client.send("{\"id\":7,\"do\":\"events\",\"filter\":\(filter)}\n")
      // Answers of one client come in order: the second says that the first was taken in.
      client.send("{\"id\":8,\"do\":\"status\"}\n")
      #expect(client.line() == #"{"id":7,"missed":0,"ok":true}"#)
      _ = client.line()
      return client
    }
  }

  @Test func eventsComeAsTheyHappenBesideOtherAnswers() throws {
    let ground = try Ground()
    defer { ground.server.stop() }
    ground.happen(.turnStarted)
    #expect(!ground.feed.isFollowed)
    let client = try ground.follower()
    #expect(ground.feed.isFollowed)
    ground.happen(.turnCompleted)
    #expect(client.line()?.contains(#""name":"turn.completed","sequence":2"#) == true)
    client.send("{\"id\":9,\"do\":\"status\"}\n")
    #expect(client.line() == #"{"id":9,"message":"here","ok":true}"#)
    client.send("{\"id\":10,\"do\":\"events\"}\n")
    #expect(client.line()?.contains("follows events already") == true)
  }

  @Test func whatWasRecordedIsReplayedAndEnds() throws {
    let ground = try Ground()
    defer { ground.server.stop() }
    for _ in 0..<5000 { ground.happen(.turnStarted) }
    ground.happen(.heartbeat)
    var filter = EventFilter()
    filter.sinceStart = true
    filter.follows = false
    var numbers: [UInt64] = []
    let client = ControlClient(path: ground.path)
    let end = try client.follow(.events(filter)) { answer in
      if case .event(let event) = answer { numbers.append(event.sequence) }
      return true
    }
    #expect(end == .complete && numbers == Array(1...5001))
    filter.names = ["heartbeat"]
    numbers = []
    _ = try client.follow(.events(filter)) { answer in
      if case .event(let event) = answer { numbers.append(event.sequence) }
      return true
    }
    #expect(numbers == [5001])
  }

  @Test func whoeverFollowsWaitsForASignOfTheHostAndForNothingElse() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    let deaf = cshims_unix_listen(path, 4)
    #expect(deaf >= 0)
    let hasty = ControlClient(path: path, timeout: .milliseconds(100))
    #expect(throws: ControlFailure.timedOut(seconds: 0)) {
      try hasty.follow(.events(EventFilter())) { _ in true }
    }
    close(deaf)
    let ground = try Ground()
    defer { ground.server.stop() }
    let stop = cshims_waker()
    defer { close(stop) }
    let told = Mutex(0)
    let client = ControlClient(path: ground.path, timeout: .milliseconds(100))
    let follower = NamedThread("follower") {
      let end = try? client.follow(.events(EventFilter()), stop: stop) { _ in
        told.withLock { $0 += 1 }
        return false
      }
      #expect(end == .stopped)
    }
    // What happened before it was taken in is not told.
    while told.withLock({ $0 }) == 0 {
      ground.happen(.heartbeat)
      sched_yield()
    }
    follower.join()
    #expect(told.withLock { $0 } == 1, "a sign is no event")
  }

  @Test func aFilterOfNothingIsRefused() throws {
    let ground = try Ground()
    defer { ground.server.stop() }
    let client = try RawClient(path: ground.path)
    client.send("{\"id\":7,\"do\":\"events\",\"filter\":{\"names\":[\"turn.complete\"]}}\n")
    #expect(client.line()?.contains("did you mean") == true)
    #expect(!ground.feed.isFollowed)
    client.send("{\"id\":8,\"do\":\"events\",\"filter\":{\"names\":3}}\n")
    #expect(client.line()?.contains("wrong type") == true)
  }

  /// It is told what it missed; the server, the others and the recorder lose nothing.
  @Test func aReaderThatIsTooSlowDelaysNobody() throws {
    let ground = try Ground()
    defer { ground.server.stop() }
    let slow = try ground.follower()
    let count = 40_000
    for number in 0..<count { ground.happen(number % 2 == 0 ? .heartbeat : .turnCompleted) }
    #expect(try ControlClient(path: ground.path).ask(.status) == .done("here"))
    #expect(ground.recorder.events.count == count)
    var (given, missed, gaps) = (0, 0, 0)
    while given + missed < count, let line = slow.line() {
      if let range = line.firstRange(of: "\"missed\":") {
        missed += Int(line[range.upperBound...].prefix { $0.isNumber }) ?? 0
        gaps += 1
      } else {
        given += 1
      }
    }
    #expect(given + missed == count && missed > 0 && gaps > 0)
  }

  @Test func aFollowerThatIsGoneIsForgotten() throws {
    let ground = try Ground()
    defer { ground.server.stop() }
    var client: RawClient? = try ground.follower()
    #expect(ground.feed.isFollowed)
    client = nil
    // The server learns of it by and by; every answer is a turn of its loop.
    for _ in 0..<1000 where ground.feed.isFollowed {
      _ = try ControlClient(path: ground.path).ask(.status)
    }
    #expect(!ground.feed.isFollowed && client == nil)
  }

  @Test func theEndOfTheServerIsSeen() throws {
    let ground = try Ground()
    let client = try ground.follower()
    ground.happen(.turnStarted)
    ground.server.stop()
    #expect(client.line()?.contains("turn.started") == true)
    #expect(client.line() == nil)
  }
}
