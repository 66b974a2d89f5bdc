import HoldfastCore
import Testing

/// What the flight recorder's file holds.
@Suite struct FlightRecordTests {
  private static func event(_ random: inout IdentitySource) -> DiagnosticEvent {
    let names = DiagnosticEvent.Name.allCases
    var event = DiagnosticEvent(names[Int(random.next() % UInt64(names.count))])
    event.sequence = random.next() >> 1 | 1
    event.time = WallTime(milliseconds: Int64(random.next() >> 20))
    event.at = Instant(nanoseconds: random.next())
    if random.next() % 2 == 0 { event.session = SessionID(value: UInt128(random.next()) << 60) }
    if random.next() % 2 == 0 { event.instance = InstanceID("notes-\(random.next() % 9)") }
    if random.next() % 2 == 0 { event.duration = .nanoseconds(Int64(random.next() >> 1)) }
    if random.next() % 2 == 0 { event.count = Int(Int64(bitPattern: random.next())) }
    event.subject = "recall"
    event.outcome = "ökay"
    event.reason = random.next() % 2 == 0 ? "" : "because of it"
    return event
  }

  @Test func whatIsKeptComesBack() {
    var random = IdentitySource(seed: 7)
    for _ in 0..<2000 {
      let event = Self.event(&random)
      let record = FlightRecord.encode(event)
      #expect(record.count == FlightRecord.size)
      #expect(FlightRecord.decode(record[...]) == event)
    }
  }

  @Test func longTextsAreCutAtACharacter() throws {
    var event = DiagnosticEvent(.recoveryCompleted)
    event.sequence = 3
    event.instance = InstanceID(String(repeating: "n", count: 64))
    event.outcome = "released"
    event.reason = String(repeating: "ü", count: 200)
    let found = try #require(FlightRecord.decode(FlightRecord.encode(event)[...]))
    #expect(found.instance == event.instance && found.outcome == "released")
    #expect(found.reason.count > 20 && found.reason.allSatisfy { $0 == "ü" })
    #expect(event.reason.hasPrefix(found.reason))
  }

  @Test func aTornRecordIsNone() {
    var event = DiagnosticEvent(.heartbeat)
    event.sequence = 9
    var record = FlightRecord.encode(event)
    record[FlightRecord.commitOffset] = 8
    #expect(FlightRecord.decode(record[...]) == nil)
    #expect(FlightRecord.decode(record.dropLast()) == nil)
    #expect(FlightRecord.decode([UInt8](repeating: 0, count: FlightRecord.size)[...]) == nil)
  }

  @Test func noBytesAreTakenForWhatTheyAreNot() {
    var random = IdentitySource(seed: 11)
    let good = FlightRecord.encode(Self.event(&random))
    var accepted = 0
    for round in 0..<20_000 {
      var record = good
      for _ in 0..<(1 + round % 4) {
        record[Int(random.next() % UInt64(record.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      // Whatever is accepted can be kept again as it is.
      if let event = FlightRecord.decode(record[...]) {
        accepted += 1
        #expect(FlightRecord.decode(FlightRecord.encode(event)[...]) == event)
      }
    }
    #expect(accepted > 0 && accepted < 20_000)
  }

  @Test func aRingIsReadInTheOrderOfItsNumbers() throws {
    var header = FlightRing.Header()
    header.ending = .gaveUp
    header.pid = 42
    header.startedMilliseconds = 1000
    header.heartbeatMilliseconds = 2000
    header.version = "0.1.0"
    header.words = "the disk " + String(repeating: "x", count: 2000)
    var bytes = header.bytes
    for sequence in [3, 1, 2] as [UInt64] {
      var event = DiagnosticEvent(.queueEnqueued)
      event.sequence = sequence
      bytes += FlightRecord.encode(event)
    }
    bytes += [UInt8](repeating: 0, count: FlightRecord.size)
    bytes += [UInt8](repeating: 0xFF, count: FlightRecord.size)
    bytes += [1, 2, 3]
    let ring = try #require(FlightRing(bytes))
    #expect(ring.events.map(\.sequence) == [1, 2, 3] && ring.unreadable == 2)
    #expect(ring.header.pid == 42 && ring.header.ending == .gaveUp)
    #expect(ring.header.startedMilliseconds == 1000 && ring.header.heartbeatMilliseconds == 2000)
    #expect(ring.header.version == "0.1.0" && ring.header.words.count == 1000)
  }

  @Test func whatIsNoRingIsNone() {
    #expect(FlightRing([]) == nil)
    #expect(FlightRing([UInt8](repeating: 0, count: FlightRing.fileSize)) == nil)
    var bytes = FlightRing.Header().bytes
    bytes[8] = 2
    #expect(FlightRing(bytes) == nil, "another version")
    #expect(FlightRing(Array(FlightRing.Header().bytes.dropLast())) == nil)
  }
}
