internal import Glibc
internal import HoldfastPlugin

/// A job that may have to take turns out of documents.
class ErasingJob: WritingJob {
  /// A document is looked at again after it was replaced, so many times.
  private static let rounds = 8
  private var isErasing = false

  /// The document of one batch, for servers that cannot append.
  static func document(_ session: String, _ first: UInt64, _ last: UInt64) -> String {
    "\(session).\(first)-\(last)"
  }

  /// What says whose memories they are, on the server: recall asks for it and checks it.
  static func scopeTag(_ head: Head) -> String { "scope:\(head.scope)" }

  var context: String { "conversation with \(head.agent) on \(head.channel)" }

  /// Configured tags, those of the batch, and the one of the scope. Always sent: appending without
  /// tags would clear those of the document.
  func tags(_ own: [String]) -> [String] {
    var tags: [String] = []
    for tag in settings.retainTags + own + [Self.scopeTag(head)] where !tags.contains(tag) {
      tags.append(tag)
    }
    return tags
  }

  func wallClock() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Time.text(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// A withdrawal is never refused for good, and a batch that waits for it was not sent.
  override func fail(_ error: PluginError) {
    guard isErasing else { return super.fail(error) }
    mayBeTaken = false
    super.fail(.failed(error.reason))
  }

  /// Withdrawals of that document which hang come to their end first: a replacement that lands
  /// behind what is appended now would take that with it.
  func finishErasures(of document: String, then: @escaping () -> Void) {
    guard let withdrawal = server.unfinished(of: document) else {
      isErasing = false
      return then()
    }
    erase(withdrawal) { [self] in finishErasures(of: document, then: then) }
  }

  /// Takes the turns of a withdrawal out of every document that may hold them.
  private func erase(_ withdrawal: Withdrawal, then: @escaping () -> Void) {
    isErasing = true
    var documents = [withdrawal.documentID]
    for entry in withdrawal.entries where entry.batch.first > 0 {
      let name = Self.document(withdrawal.documentID, entry.batch.first, entry.batch.last)
      if !documents.contains(name) { documents.append(name) }
    }
    let erasures = documents.enumerated().map { number, name in
      Erasure(
        document: name, turns: Set(withdrawal.entries.map(\.turn)), withdrawal: withdrawal,
        firstID: number * Self.rounds)
    }
    erase(erasures[...]) { [self] in
      server.finished(withdrawal)
      then()
    }
  }

  private func erase(_ erasures: ArraySlice<Erasure>, then: @escaping () -> Void) {
    guard let erasure = erasures.first else { return then() }
    look(at: erasure) { [self] in erase(erasures.dropFirst(), then: then) }
  }

  /// Turns of one document.
  private struct Erasure {
    let document: String
    let turns: Set<UInt64>
    let withdrawal: Withdrawal
    /// Which of the ids that are made of the withdrawal's key is its first.
    let firstID: Int
    var round = 0
    /// Turns that were seen in the document and are to stay there.
    var kept: [Content.StoredTurn] = []
  }

  private func look(at erasure: Erasure, then: @escaping () -> Void) {
    guard erasure.round < ErasingJob.rounds else {
      return fail(.failed("document \(erasure.document) changes while turns are taken out of it"))
    }
    request(Request(path: "\(bank)/documents/\(pathPart(erasure.document))")) { [self] reply in
      switch reply {
      case let reply where Self.isAbsence(reply):
        erasure.kept.isEmpty ? then() : replace(nil, [], erasure, then: then)
      case .answered(200, let document?, _) where document["id"].text == erasure.document:
        guard let text = document["original_text"].text, !text.isEmpty else {
          return empty(document, erasure, then: then)
        }
        guard let turns = Content.turns(of: text) else { return giveUp(erasure) }
        replace(document, turns, erasure, then: then)
      default: fail(failure(reply))
      }
    }
  }

  /// Nothing that this document is replaced by is under way, so no batch has to wait.
  private func giveUp(_ erasure: Erasure) {
    server.finished(erasure.withdrawal)
    fail(
      .failed(
        "document \(erasure.document) on \(settings.place) is no list of turns, so none can be "
          + "taken out of it; was it changed by hand?"))
  }

  /// The server keeps no text of the document, so nobody can tell what is to stay: nothing stays,
  /// unless it is as this withdrawal has left it.
  private func empty(_ document: JSON, _ erasure: Erasure, then: @escaping () -> Void) {
    let metadata = document["document_metadata"]
    if metadata["message_count"].text == "0" { return then() }
    if metadata["withdrawal"].text == erasure.withdrawal.key { return then() }
    if !isWhole(erasure) {
      server.loop.warn(
        "\(settings.place) keeps no text of document \(erasure.document), so what else is in it "
          + "is removed with the turns that are taken back")
    }
    var next = erasure
    next.kept = []
    replace(document, with: next, then: then)
  }

  /// Whether the document is that of a batch all turns of which are taken back.
  private func isWhole(_ erasure: Erasure) -> Bool {
    erasure.withdrawal.entries.contains { entry in
      let (first, last) = entry.batch
      let count = erasure.turns.count { first <= $0 && $0 <= last }
      return Self.document(erasure.withdrawal.documentID, first, last) == erasure.document
        && UInt64(count) > last &- first
    }
  }

  /// Replaces what is in the document by what is to stay; if that is what is there, it is done. A
  /// turn that was there when the erasure began and is gone was overwritten by an earlier
  /// replacement that landed late: it is put back.
  private func replace(
    _ document: JSON?, _ turns: [Content.StoredTurn], _ erasure: Erasure,
    then: @escaping () -> Void
  ) {
    let there = Set(turns.compactMap(\.index))
    let lost = erasure.kept.filter { $0.index.map { !there.contains($0) } ?? false }
    var next = erasure
    next.kept = turns.filter { turn in turn.index.map { !erasure.turns.contains($0) } ?? true }
    guard next.kept.count < turns.count || !lost.isEmpty else { return then() }
    next.kept += lost
    next.kept.sort { ($0.index ?? 0) < ($1.index ?? 0) }
    replace(document, with: next, then: then)
  }

  /// Replaces what is in the document by what is kept, and looks at it again.
  private func replace(_ document: JSON?, with erasure: Erasure, then: @escaping () -> Void) {
    let item = Item(
      document: erasure.document, content: Content.text(of: erasure.kept), mode: .replace,
      tags: tags(of: document), metadata: metadata(of: document, erasure), context: context,
      timestamp: erasure.kept.first?.json.list?.first?["time"].text ?? wallClock())
    store(item, of: erasure) { [self] in
      var next = erasure
      next.round += 1
      look(at: next, then: then)
    }
  }

  /// The same ids in the same order at each attempt: a request that was sent under one of them and
  /// lands late then meets an operation that is there, and changes nothing.
  private func store(_ item: Item, of erasure: Erasure, then: @escaping () -> Void) {
    server.whenFilingIsKnown(self) { [self] filing in
      guard case .documentPerBatch(false) = filing else {
        let id = Self.id(erasure.withdrawal.key, erasure.firstID + erasure.round)
        return store(item, id: id, isAsynchronous: true, then: then)
      }
      var plain = item
      plain.mode = nil
      store(plain, id: erasure.withdrawal.key, isAsynchronous: false, then: then)
    }
  }

  private func tags(of document: JSON?) -> [String] {
    var known = document?["tags"].texts ?? []
    if known.isEmpty {
      known = ["session:\(head.sessionID)"]
      if !head.parentID.isEmpty { known.append("parent:\(head.parentID)") }
    }
    return tags(known)
  }

  private func metadata(
    of document: JSON?, _ erasure: Erasure
  ) -> [(key: String, value: String)] {
    let kept = erasure.kept
    let changed = [
      "turn_first": kept.first?.index.map(String.init) ?? "",
      "turn_last": kept.last?.index.map(String.init) ?? "",
      "message_count": String(kept.reduce(0) { $0 + ($1.json.list?.count ?? 0) }),
      "retained_at": wallClock(), "withdrawal": erasure.withdrawal.key,
    ]
    let known = (document?["document_metadata"].members ?? []).compactMap { name, value in
      value.text.map { (key: name, value: $0) }
    }
    return known.filter { changed[$0.key] == nil } + changed.sorted { $0.key < $1.key }
  }

  /// Other ids out of one: its last digits count on.
  private static func id(_ key: String, _ number: Int) -> String {
    guard number > 0, let last = UInt64(key.suffix(12), radix: 16) else { return key }
    let digits = String((last &+ UInt64(number)) & 0xFFFF_FFFF_FFFF, radix: 16)
    return key.dropLast(12) + String(repeating: "0", count: 12 - digits.count) + digits
  }
}

/// Takes turns back.
final class WithdrawJob: ErasingJob {
  private let withdrawal: Withdrawal

  init(_ server: Server, _ withdrawal: Withdrawal, _ answer: consuming Answer) {
    self.withdrawal = withdrawal
    super.init(server, withdrawal.head, answer)
  }

  override func begin() {
    server.begun(withdrawal)
    finishErasures(of: withdrawal.documentID) { [self] in succeed() }
  }
}
