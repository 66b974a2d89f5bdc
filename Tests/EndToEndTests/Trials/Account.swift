import FoundationEssentials
import Glibc

/// Compares what people and providers were told with what the journal holds.
struct Account {
  private(set) var tally = Tally()
  private let talkers: [Talker]
  private let state: String
  private let inputs: [[String]]
  private let turns: [[String]]
  private let replies: [[String]]
  private let toolCalls: [[String]]

  /// Of a state that no host serves now. It is only read from a copy, so that the next host finds
  /// what the last one left.
  init(_ state: String, _ talkers: [Talker]) throws {
    self.state = state
    self.talkers = talkers
    // Before the journal is read: what is heard later may be in it or not.
    let folder = try TemporaryFolder()
    let journal = try Self.copy("\(state)/journal.sqlite", to: folder)
    inputs = try Rows.of(
      journal, "SELECT message_id, status, starts, id, text, session, is_command FROM inputs")
    turns = try Rows.of(
      journal, "SELECT session, idx, status, user_text, input, answer_text FROM turns")
    replies = try Rows.of(journal, "SELECT reply_to, status FROM replies")
    toolCalls = try Rows.of(journal, "SELECT count(*) FROM tool_calls")
    let faults = try Rows.of(journal, "PRAGMA integrity_check").map { $0[0] }
    if faults != ["ok"] { tally.problems.append("the journal: \(faults.joined(separator: "; "))") }
  }

  private static func copy(_ file: String, to folder: TemporaryFolder) throws -> String {
    let copy = try folder.copy(file, to: "copy")
    if access(file + "-wal", F_OK) == 0 { _ = try folder.copy(file + "-wal", to: "copy-wal") }
    return copy
  }

  // MARK: - While talk goes on

  /// What holds at any moment: nothing accepted is missing, and no provider knows what the journal
  /// does not.
  mutating func checkMeanwhile(told: [String: String], providers: [String]) throws {
    let known = Set(inputs.map { $0[0] })
    for (id, text) in told where !known.contains(id) { lose("message \(id), “\(text)”") }
    let turns = Set(turns.map { "\($0[0]) \($0[1]) \($0[3])" })
    for name in providers {
      for call in try ledger(of: name) where call.name == "stored" {
        let turn = "\(Self.place(call)) \(call["text"])"
        if !turns.contains(turn) { lose("turn \(turn), which \(name) has") }
      }
    }
  }

  private mutating func lose(_ what: String) {
    tally.lost += 1
    tally.problems.append("lost: \(what)")
  }

  // MARK: - At the end

  /// What holds when everything has come to rest.
  mutating func checkEnd(providers: [String]) throws {
    for talker in talkers {
      tally.problems += talker.problem.map { [$0] } ?? []
      tally.accepted += talker.accepted.count
      tally.duplicates += talker.duplicates
    }
    checkInputs()
    for name in providers {
      let ledger = try ledger(of: name)
      let withdrawn = Set(ledger.filter { $0.name == "withdrawn" }.map(Self.place))
      let stored = ledger.filter { $0.name == "stored" }.map { "\(Self.place($0)) \($0["text"])" }
      tally.batchesAgain += ledger.count { $0.name == "again" }
      check(stored, withdrawn, of: name)
    }
    let stored = try Rows.of(
      state + "/plugins/sqlite/memory.sqlite",
      "SELECT s.name, m.turn, m.user_text FROM memory m JOIN session s ON s.id = m.session")
    check(stored.map { $0.joined(separator: " ") }, [], of: "sqlite")
    let pages = "\(state)/plugins/files/memory"
    if access(pages, F_OK) == 0 { check(try Self.notes(on: pages), [], of: "files") }
    checkReplies()
    try checkTools()
    // The reply of a turn names the last of the messages that it answers.
    let answered = Set(replies.map { $0[0] })
    for row in inputs where row[1] == "1" && !answered.contains(row[0]) {
      if row[6] == "1" || row[3] == lastInput(of: row[4]) { lose("the reply to message \(row[0])") }
    }
    tally.turns = turns.count { $0[2] == "0" }
    tally.joined = turns.count { $0[2] != "1" && $0[3].contains("\n") }
    tally.interrupted = turns.count { $0[2] == "1" }
    tally.withdrawn = turns.count { $0[2] == "2" }
    tally.setAside = inputs.count { $0[1] == "3" }
  }

  /// What a Hindsight server has: each turn once, in the document of its own session, in order.
  mutating func checkDocuments(on server: MemoryServer) throws {
    var stored: [String] = []
    for session in try server.documents() {
      let turns = try server.turns(session)
      stored += turns.map { "\(session) \($0)" }
      let order = turns.map { Int($0.prefix { $0 != " " }) ?? 0 }
      if order != order.sorted() {
        tally.problems.append("hindsight has turns of \(session) in the order \(order)")
      }
    }
    check(stored, [], of: "hindsight")
  }

  /// The message that a turn names, which is the last of those that it answers; nil if no turn ends
  /// with these words.
  private func lastInput(of text: String) -> String? {
    turns.first { $0[2] != "1" && ($0[3] == text || $0[3].hasSuffix("\n" + text)) }?[4]
  }

  /// Each accepted message was accepted once, and is in one turn or was marked. One that a full
  /// queue had no room for shares the turn of others, a line each.
  private mutating func checkInputs() {
    let rows = Dictionary(grouping: inputs) { $0[0] }
    var made: [Substring: [[String]]] = [:]
    for turn in turns {
      for line in turn[3].split(separator: "\n") { made[line, default: []].append(turn) }
    }
    for (id, text) in talkers.flatMap({ $0.accepted }) {
      guard let row = rows[id] else {
        lose("message \(id)")
        continue
      }
      guard row.count == 1, row[0][4] == text else {
        tally.problems.append("message \(id) is \(row.count) times in the inbox")
        continue
      }
      let own = made[text[...]] ?? []
      let isFine =
        switch row[0][1] {
        case "1":
          own.count == 1 && own[0][2] != "1" && own[0][0] == row[0][5]
            && (own[0][4] == row[0][3]) == own[0][3].hasSuffix(text)
        case "2": own.count <= 1 && own.allSatisfy { $0[2] == "1" }
        case "3": own.isEmpty && (Int(row[0][2]) ?? 0) >= 3
        default: false
        }
      if !isFine { tally.problems.append("message \(id) \(row[0]) has the turns \(own)") }
    }
  }

  /// A provider has every live turn once, under its own session; of those that were taken back it
  /// has been told, if it ever had them; and it has nothing else.
  private mutating func check(_ stored: [String], _ withdrawn: Set<String>, of name: String) {
    let counts = Dictionary(stored.map { ($0, 1) }, uniquingKeysWith: +)
    tally.retained += counts.count
    var known: Set<String> = []
    for turn in turns where turn[2] != "1" {
      let place = "\(turn[0]) \(turn[1])"
      let count = counts["\(place) \(turn[3])"] ?? 0
      known.insert("\(place) \(turn[3])")
      if turn[2] == "0", count == 0 { lose("\(turn), for \(name)") }
      if count > 1 {
        tally.storedTwice += 1
        tally.problems.append("\(name) has \(count) times \(turn)")
      }
      if turn[2] == "0", withdrawn.contains(place) {
        tally.problems.append("\(name) was told to forget \(turn)")
      }
      if turn[2] == "2", count > 0, !withdrawn.contains(place) {
        tally.problems.append("\(name) still has \(turn), which was taken back")
      }
    }
    for turn in counts.keys where !known.contains(turn) {
      tally.problems.append("\(name) has \(turn), which is no turn")
    }
  }

  /// A reply came once, or is marked as unknown.
  private mutating func checkReplies() {
    let rows = Dictionary(replies.map { ($0[0], $0[1]) }) { first, _ in first }
    let heard = talkers.map(\.replies)
    tally.replies = rows.count
    for (id, status) in rows {
      let seen = heard.compactMap { $0[id] }.reduce(0, +)
      if status == "4" { tally.unknownReplies += 1 }
      if seen > 1 {
        tally.problems.append("the reply to \(id) came \(seen) times, status \(status)")
      }
      if seen == 0, status != "4" { lose("the reply to \(id), status \(status)") }
    }
  }

  /// A tool was called at most once for each message, and once for each turn that its model
  /// answered, which was told so.
  private mutating func checkTools() throws {
    let path = "\(state)/plugins/box/calls.log"
    guard access(path, F_OK) == 0 else { return }
    if toolCalls != [["0"]] {
      tally.problems.append("calls of \(toolCalls) turns are still in the journal")
    }
    let written = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let counts = Dictionary(written.map { ($0, 1) }, uniquingKeysWith: +)
    for (line, count) in counts where count > 1 {
      tally.problems.append("\(line) \(count) times")
    }
    for turn in turns where turn[2] != "1" && turn[3].hasPrefix("use box__write") {
      let word = turn[3].split(separator: "\"").dropFirst(3).first ?? ""
      let count = counts["wrote \(word)"] ?? 0
      if count != 1 || !turn[5].hasSuffix("[0 wrote \(word)]") {
        tally.problems.append("\(word) was written \(count) times, the answer is \(turn[5])")
      }
    }
    tally.toolCalls = written.count
  }

  /// What a scripted provider wrote before it acknowledged. A line without its end was never
  /// written.
  private func ledger(of name: String) throws -> [Call] {
    let path = "\(state)/plugins/\(name)/ledger"
    guard access(path, F_OK) == 0 else { return [] }
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    return lines.dropLast().map { Call($0) }
  }

  /// The turns on the pages of file-memory, as they stand for people.
  private static func notes(on folder: String) throws -> [String] {
    var notes: [String] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where name.hasSuffix(".md") {
      var (place, isSaid) = ("", false)
      for line in try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).split(
        separator: "\n")
      {
        if line.hasPrefix("## "), let mark = line.firstRange(of: "<!-- session=") {
          let words = line[mark.upperBound...].split(separator: " ")
          place = "\(words[0]) \(words[1].dropFirst("turn=".count))"
          isSaid = false
        } else if line.hasPrefix("- user: ") {
          notes.append("\(place) \(line.dropFirst("- user: ".count))")
          isSaid = true
        } else if isSaid, line.hasPrefix("  ") {
          notes[notes.count - 1] += "\n" + line.dropFirst(2)
        } else {
          isSaid = false
        }
      }
    }
    return notes
  }

  private static func place(_ call: Call) -> String { "\(call.session) \(call["turn"])" }
}
