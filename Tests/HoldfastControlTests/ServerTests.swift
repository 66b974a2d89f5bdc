import CShims
import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastThreads
import Synchronization
import Testing

@Suite struct ServerTests {
  /// Answers at once with the request in words.
  private static let echo: ControlServer.Handler = { request, reply in
    reply(.done("\(request)"))
  }

  private func withServer(
    _ handler: @escaping ControlServer.Handler = Self.echo, _ body: (String) throws -> Void
  ) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    let server = try ControlServer(path: path, handler: handler)
    defer { server.stop() }
    try body(path)
  }

  @Test func aQuestionIsAnswered() throws {
    try withServer { (path: String) throws in
      let client = ControlClient(path: path)
      #expect(try client.ask(.status) == .done("status"))
      #expect(try client.ask(.stopPlugin(InstanceID("notes"))) == .done("stopPlugin(notes)"))
      #expect(client.isHostRunning)
    }
  }

  @Test func theSocketIsForItsUserAlone() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    let server = try ControlServer(path: path, handler: Self.echo)
    #expect(folder.mode(of: path) == 0o600)
    server.stop()
    #expect(access(path, F_OK) != 0)
    server.stop()
  }

  @Test func withoutAHostTheClientSaysSo() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    let client = ControlClient(path: path)
    #expect(!client.isHostRunning)
    #expect(throws: ControlFailure.notRunning(path: path)) { try client.ask(.status) }
    // A file that a killed host left behind is no host.
    let abandoned = cshims_unix_listen(path, 1)
    close(abandoned)
    #expect(throws: ControlFailure.notRunning(path: path)) { try client.ask(.status) }
    let server = try ControlServer(path: path, handler: Self.echo)
    #expect(try client.ask(.status) == .done("status"))
    server.stop()
  }

  @Test func aSecondServerIsRefusedAndTheFirstGoesOn() throws {
    try withServer { (path: String) throws in
      let failure = #expect(throws: ControlFailure.self) {
        _ = try ControlServer(path: path, handler: Self.echo)
      }
      #expect(failure?.description.contains("already listens") == true)
      #expect(try ControlClient(path: path).ask(.status) == .done("status"))
    }
  }

  @Test func aFileInTheWayIsLeftAlone() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    close(open(path, O_CREAT | O_WRONLY, 0o600))
    let failure = #expect(throws: ControlFailure.self) {
      _ = try ControlServer(path: path, handler: Self.echo)
    }
    #expect(failure?.description.contains("is no socket; move it away") == true)
    #expect(access(path, F_OK) == 0)
  }

  @Test func anAnswerFromAnotherThreadArrives() throws {
    let replies = Mutex<[ControlServer.Reply]>([])
    let folder = try TemporaryFolder()
    let server = try ControlServer(path: folder.path + "/c") { request, reply in
      if request == .stop { return replies.withLock { $0.forEach { $0(.done("later")) } } }
      replies.withLock { $0.append(reply) }
      if replies.withLock({ $0.count }) == 2 { reply(.done("now")) }
    }
    defer { server.stop() }
    let client = try RawClient(path: folder.path + "/c")
    client.send(#"{"id":1,"do":"status"}"# + "\n" + #"{"id":2,"do":"status"}"# + "\n")
    #expect(client.line() == #"{"id":2,"message":"now","ok":true}"#)
    client.send(#"{"id":3,"do":"stop"}"# + "\n")
    // The second reply to request 2 is ignored, and the socket still carries the next answers.
    #expect(client.line() == #"{"id":1,"message":"later","ok":true}"#)
  }

  @Test func requestsMayBeSplitAndJoined() throws {
    try withServer { (path: String) throws in
      let client = try RawClient(path: path)
      for piece in ["{\"id\"", ":4,\"do\":", "\"status\"}", "\n\n  \n{\"id\":5,\"do\":\"stop\"}\n"]
      {
        client.send(piece)
      }
      #expect(client.line() == #"{"id":4,"message":"status","ok":true}"#)
      #expect(client.line() == #"{"id":5,"message":"stop","ok":true}"#)
    }
  }

  @Test func manyRequestsAtOnceAreAllAnsweredInOrder() throws {
    try withServer { (path: String) throws in
      let client = try RawClient(path: path)
      let count = 2000
      let sender = client.sendInBackground(
        (1...count).map { #"{"id":\#($0),"do":"status"}"# + "\n" }.joined())
      for id in 1...count {
        #expect(client.line() == #"{"id":\#(id),"message":"status","ok":true}"#)
      }
      sender.join()
    }
  }

  @Test func garbageGetsASentenceAndTheConnectionLives() throws {
    try withServer { (path: String) throws in
      let client = try RawClient(path: path)
      client.send("hello\n")
      #expect(client.line()?.contains("not one JSON object") == true)
      client.send(#"{"id":3,"do":"statsu"}"# + "\n")
      let line = client.line() ?? ""
      #expect(line.contains(#""id":3"#) && line.contains(#""ok":false"#))
      #expect(line.contains("did you mean"))
      client.send(#"{"id":4,"do":"status"}"# + "\n")
      #expect(client.line() == #"{"id":4,"message":"status","ok":true}"#)
    }
  }

  @Test func aRequestBeyondTheLimitIsRefusedAndSkipped() throws {
    try withServer { (path: String) throws in
      let client = try RawClient(path: path)
      let long = String(repeating: "x", count: 3 * ControlCodec.maxRequestBytes)
      let sender = client.sendInBackground(long + "\n" + #"{"id":4,"do":"status"}"# + "\n")
      #expect(client.line()?.contains("at most 1048576 bytes") == true)
      #expect(client.line() == #"{"id":4,"message":"status","ok":true}"#)
      sender.join()
    }
  }

  @Test func aClientThatOnlyTalksDelaysNobody() throws {
    let big = String(repeating: "y", count: 200_000)
    try withServer({ _, reply in reply(.done(big)) }) { (path: String) throws in
      let deaf = try RawClient(path: path)
      let sender = deaf.sendInBackground(
        (1...400).map { #"{"id":\#($0),"do":"status"}"# + "\n" }.joined())
      for _ in 0..<20 { #expect(try ControlClient(path: path).ask(.status) == .done(big)) }
      // What it owes is still there for it.
      for _ in 1...400 { #expect((deaf.line()?.utf8.count ?? 0) > 200_000) }
      sender.join()
    }
  }

  @Test func aClientThatHungUpIsForgotten() throws {
    let replies = Mutex<[ControlServer.Reply]>([])
    try withServer({ request, reply in
      if request == .stop { replies.withLock { $0.append(reply) } } else { reply(.done("ok")) }
    }) { (path: String) throws in
      for _ in 0..<200 {
        let client = try RawClient(path: path)
        client.send(#"{"id":1,"do":"stop"}"# + "\n")
      }
      #expect(try ControlClient(path: path).ask(.status) == .done("ok"))
      replies.withLock { $0.forEach { $0(.done("too late")) } }
      #expect(try ControlClient(path: path).ask(.status) == .done("ok"))
    }
  }

  @Test func aClientMayCloseItsSideAndStillHearTheAnswer() throws {
    try withServer { (path: String) throws in
      let client = try RawClient(path: path)
      client.send(#"{"id":1,"do":"status"}"# + "\n")
      client.finish()
      #expect(client.line() == #"{"id":1,"message":"status","ok":true}"#)
      #expect(client.line() == nil)
    }
  }

  @Test func aHostThatDoesNotAnswerIsGivenUp() throws {
    try withServer({ _, _ in }) { (path: String) throws in
      let client = ControlClient(path: path, timeout: .milliseconds(50))
      #expect(throws: ControlFailure.timedOut(seconds: 0)) { try client.ask(.status) }
    }
  }

  @Test func whoeverIsGoneBeforeTheAnswerWithdrawsTheRequest() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    let replies = Mutex<[ControlServer.Reply]>([])
    let withdrawn = Mutex<[ControlRequest]>([])
    let (asked, gone) = (Signal(), Signal())
    let server = try ControlServer(
      asking: { request, reply in
        if request == .load {
          reply(.done("answered"))
        } else {
          replies.withLock { $0.append(reply) }
          asked.set()
        }
        return {
          withdrawn.withLock { $0.append(request) }
          gone.set()
        }
      }, path: path)
    defer { server.stop() }
    var client: RawClient? = try RawClient(path: path)
    client?.send(#"{"id":1,"do":"load"}"# + "\n")
    #expect(client?.line()?.contains("answered") == true)
    client?.send(#"{"id":2,"do":"status"}"# + "\n")
    asked.wait()
    // Who says no more still waits for the answer.
    client?.finish()
    let other = try RawClient(path: path)
    other.send(#"{"id":1,"do":"load"}"# + "\n")
    #expect(other.line() != nil && withdrawn.withLock { $0.isEmpty })
    client = nil
    gone.wait()
    #expect(withdrawn.withLock { $0 } == [.status])
    replies.withLock { $0.forEach { $0(.done("to nobody")) } }
  }

  @Test func stoppingSendsWhatWasAnswered() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    let server = try ControlServer(path: path) { _, reply in reply(.done("stopped")) }
    let client = try RawClient(path: path)
    client.send(#"{"id":1,"do":"stop"}"# + "\n")
    #expect(client.line() == #"{"id":1,"message":"stopped","ok":true}"#)
    server.stop()
    #expect(client.line() == nil)
  }

  @Test func waitingForTheEndReturnsWhenTheServerIsGone() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    let asked = Signal()
    let server = try ControlServer(path: path) { _, reply in
      reply(.done("stopping"))
      asked.set()
    }
    let stopper = NamedThread("stopper") {
      asked.wait()
      server.stop()
    }
    #expect(try ControlClient(path: path).ask(.stop, untilEnd: true) == .done("stopping"))
    #expect(!ControlClient(path: path).isHostRunning)
    stopper.join()
  }
}
