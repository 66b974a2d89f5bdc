import Glibc
import HoldfastCore
import HoldfastJournal
import Synchronization

/// What the journal takes for the rows that `journal_floor.c` writes in plain C.
struct JournalFigures {
  private static let sessionCount = 100
  private static let turnsPerCut = 100
  private let journal: Journal
  private let ear = Ear()
  private var transaction: TransactionID = 0
  private var sequence: BusSequence
  private var cut: Int64
  private var sessions: [SessionID] = []
  private var lastTurn = [TurnIndex](repeating: 0, count: sessionCount)
  private let text = String(repeating: "x", count: 150)

  /// Opens or makes a journal at `path`.
  init(path: String, seed: UInt64 = 1) throws {
    journal = try Journal(path: path)
    let snapshot = try journal.restore()
    sequence = snapshot.lastSequence
    cut = snapshot.lastCut
    journal.start(ear)
    var identities = IdentitySource(seed: seed)
    for _ in 0..<Self.sessionCount {
      sessions.append(identities.session(at: WallTime(milliseconds: 1_700_000_000_000)))
    }
    for id in sessions { submit([.openSession(Self.session(id))]) }
    ear.wait(through: transaction)
  }

  /// Ends the journal's threads.
  func stop() { journal.stop() }

  private static func session(_ id: SessionID) -> SessionRecord {
    let key = SessionKey(agent: "main", channel: "console", kind: .direct, chat: "figures")
    return SessionRecord(
      id: id, key: key, scope: Scope("main"), created: WallTime(milliseconds: 1_700_000_000_000))
  }

  private mutating func submit(_ operations: [JournalOperation]) {
    transaction += 1
    journal.submit(Transaction(id: transaction, operations: operations))
  }

  private mutating func submitTurn(_ which: Int) {
    let session = which / Self.turnsPerCut % Self.sessionCount
    lastTurn[session] += 1
    sequence += 1
    var turn = TurnRecord(
      session: sessions[session], index: lastTurn[session], status: .live, userText: text,
      answerText: text, sequence: sequence)
    turn.started = WallTime(milliseconds: 1_700_000_000_000)
    turn.finished = turn.started
    submit([
      .guardTurn(sessions[session], token: 1, nextTurn: lastTurn[session]), .appendTurn(turn),
    ])
  }

  private mutating func submitCut(_ which: Int) {
    let session = which / Self.turnsPerCut % Self.sessionCount
    let last = lastTurn[session]
    cut += 1
    let turns = TurnSet((last - TurnIndex(Self.turnsPerCut) + 1)...last)
    submit([
      .openCut(
        CutRecord(
          id: cut, enrolment: EnrolmentID(1), session: sessions[session], turns: turns,
          scope: Scope("main"), created: WallTime(milliseconds: 0)))
    ])
    submit([
      .settleCut(cut, .acknowledged, isUnknown: false, attempts: 1, reason: ""),
      .setCursor(EnrolmentID(1), sessions[session], watermark: last, isOwing: false),
    ])
  }

  /// Adds settled sessions with a few turns each, and one with a long history; returns the latter.
  mutating func fill(sessions count: Int, turnsEach: Int, longest: Int) -> SessionID {
    var identities = IdentitySource(seed: sequence &+ 1000)
    var id = SessionID(value: 0)
    for which in 0...count {
      id = identities.session(at: WallTime(milliseconds: 1_700_000_000_000 + Int64(which)))
      let key = SessionKey(agent: "main", channel: "console", kind: .direct, chat: "\(which)")
      let session = SessionRecord(
        id: id, key: key, scope: Scope("main"), created: WallTime(milliseconds: Int64(which)))
      var operations: [JournalOperation] = [
        .openSession(session), .bind(key, id, 1, session.created),
      ]
      for index in 1...TurnIndex(which == count ? longest : turnsEach) {
        sequence += 1
        operations.append(
          .appendTurn(
            TurnRecord(
              session: id, index: index, status: .live, userText: text, answerText: text,
              sequence: sequence)))
      }
      operations.append(.setCursor(EnrolmentID(1), id, watermark: 1 << 32, isOwing: false))
      submit(operations)
      if which % 1024 == 0, transaction > 8192 { ear.wait(through: transaction - 8192) }
    }
    ear.wait(through: transaction)
    return id
  }

  /// Durable turns per second, as fast as they can be submitted with at most 8192 under way.
  mutating func turnsPerSecond(_ count: Int) -> Double {
    let start = seconds()
    for which in 0..<count {
      submitTurn(which)
      if which % Self.turnsPerCut == Self.turnsPerCut - 1 { submitCut(which) }
      if which % 1024 == 0, transaction > 8192 { ear.wait(through: transaction - 8192) }
    }
    ear.wait(through: transaction)
    return Double(count) / (seconds() - start)
  }

  /// Notes what was committed and answered last.
  private final class Ear: JournalHandler {
    private let through = Atomic<UInt64>(0)

    func committed(through transaction: TransactionID) {
      through.store(transaction, ordering: .releasing)
    }
    func refused(_ transaction: TransactionID, _ refusal: JournalRefusal) { fault(refusal.reason) }
    func answered(_ read: ReadID, _ answer: JournalAnswer) {}
    func stalled(_ reason: String) { fault(reason) }
    func logGrows(_ reason: String?) {}
    func resumed() {}
    func failed(_ reason: String) { fault(reason) }

    private func fault(_ reason: String) {
      print("journal: \(reason)")
      exit(1)
    }

    func wait(through transaction: TransactionID) {
      while through.load(ordering: .acquiring) < transaction { sched_yield() }
    }
  }
}

private func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
