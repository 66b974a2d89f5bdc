import HoldfastControl
import HoldfastCore
import Testing

@Suite struct CodecTests {
  private func asked(_ line: String) throws -> ControlRequest {
    try ControlCodec.request(from: Array(line.utf8)).request
  }

  private func problem(_ line: String) -> String {
    do {
      _ = try ControlCodec.request(from: Array(line.utf8))
      return "none"
    } catch {
      return "\(error.id): \(error)"
    }
  }

  @Test func requestsLookAsDocumented() throws {
    #expect(try asked(#"{"id":1,"do":"status"}"#) == .status)
    #expect(
      try asked(#"{"do":"sessions","id":1,"limit":20,"include_hidden":true}"#)
        == .sessions(before: nil, limit: 20, includeHidden: true))
    let session = try #require(SessionID("01HZX3T6J8AAAAAAAAAAAAAAAA"))
    #expect(
      try asked(
        #"{"id":1,"do":"command","session":"\#(session)","command":{"name":"undo","count":2}}"#)
        == .command(.session(session), .undo(count: 2)))
    let key = SessionKey(agent: "main", channel: "console", kind: .direct, chat: "ada")
    #expect(
      try asked(#"{"id":1,"do":"command","key":"main:console:dm:ada","command":{"name":"new"}}"#)
        == .command(.key(key), .new(title: "")))
  }

  @Test func whatIsWrongIsNamedUnderTheRequestsNumber() {
    #expect(problem(#"{"id":7,"do":"statsu"}"#).hasPrefix("7: there is no request \"statsu\""))
    #expect(problem(#"{"id":7,"do":"statsu"}"#).contains("did you mean \"status\"?"))
    #expect(problem(#"{"id":7,"do":"frobnicate"}"#).contains("known are status, sessions"))
    #expect(problem(#"{"id":7}"#) == #"7: "do" is missing"#)
    #expect(problem(#"{"do":"status"}"#) == #"0: "id" is missing"#)
    #expect(problem(#"{"id":7,"do":3}"#) == #"7: "do" has the wrong type"#)
    #expect(problem(#"{"id":7,"do":"sessions","limit":5000}"#).contains("from 0 to 1000"))
    #expect(
      problem(#"{"id":7,"do":"sessions","limit":1.5}"#) == #"7: "limit" is out of range"#)
    #expect(problem(#"{"id":7,"do":"history"}"#).contains(#"needs "session""#))
    #expect(problem(#"{"id":7,"do":"history","session":"x"}"#).contains("no session id"))
    #expect(problem(#"{"id":7,"do":"command","key":"x"}"#).contains("no session key"))
    #expect(
      problem(#"{"id":7,"do":"command","key":"a:b:dm:c","command":{"name":"nwe"}}"#)
        .contains("did you mean \"new\"?"))
    #expect(
      problem(#"{"id":7,"do":"batches","instance":"n","status":"x"}"#).contains("open and parked"))
  }

  @Test(arguments: [
    "", "x", "[]", "[1]", "null", "3", "{", #"{"id":1,"do":"status""#, "\u{0}", "{}{}",
    String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
  ])
  func garbageIsRefused(line: String) {
    #expect(problem(line).hasPrefix("0: "))
  }

  @Test func bytesThatAreNotTextAreRefused() {
    let line = Array(#"{"id":1,"do":""#.utf8) + [0xFF, 0xC0] + Array(#""}"#.utf8)
    #expect(throws: ControlProblem.self) { try ControlCodec.request(from: line) }
  }

  @Test(arguments: 0..<200)
  func everyRequestComesBackAsItWas(seed: Int) throws {
    var sample = Sample(seed: UInt64(seed))
    for request in sample.requests() {
      let id = sample.number(.max)
      let line = ControlCodec.encode(request, id: id)
      #expect(!line.contains(0x0A))
      let read = try ControlCodec.request(from: line)
      #expect(read.id == id)
      #expect(read.request == request)
    }
  }

  @Test(arguments: 0..<200)
  func everyAnswerComesBackAsItWas(seed: Int) throws {
    var sample = Sample(seed: UInt64(seed))
    for answer in sample.answers() {
      let line = ControlCodec.encode(answer, id: 9)
      #expect(!line.contains(0x0A))
      let read = try ControlCodec.answer(from: line)
      #expect(read.id == 9)
      #expect(read.answer == answer)
    }
  }

  @Test(arguments: 0..<300)
  func damagedLinesNeverTrap(seed: Int) {
    var sample = Sample(seed: UInt64(seed))
    for request in sample.requests() {
      var line = ControlCodec.encode(request, id: 1)
      for _ in 0...sample.number(3) {
        let place = Int(sample.number(UInt64(line.count)))
        line[place] = UInt8(truncatingIfNeeded: sample.number(256))
      }
      _ = try? ControlCodec.request(from: line)
      _ = try? ControlCodec.answer(from: line)
      _ = try? ControlCodec.request(from: Array(line.prefix(Int(sample.number(40)))))
    }
  }

  @Test func statusIsSpelledAsThePartsOfTheConfigurationAre() throws {
    var status = HostStatus()
    status.readySinceMilliseconds = 5
    var provider = ProviderStatusRow()
    provider.recallP99Milliseconds = 1.5
    status.providers = [provider]
    let line = String(decoding: ControlCodec.encode(.status(status), id: 1), as: UTF8.self)
    #expect(line.contains(#""ready_since_ms":5"#))
    #expect(line.contains(#""recall_p99_ms":1.5"#))
    #expect(!line.contains("Milliseconds"))
  }
}
