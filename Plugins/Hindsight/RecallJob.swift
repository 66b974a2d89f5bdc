internal import HoldfastPlugin

/// A question to the bank of a session. What the server cannot show to be of the scope is not
/// given.
class SearchingJob: Job {
  var scopeTag: String { ErasingJob.scopeTag(head) }

  /// Whether what was said in the session that asks counts. The model has it in its history.
  var includesRunningSession: Bool { false }

  /// Asks, and goes on with what was found, best first.
  func search(
    _ question: String, atMost count: Int, characters: Int,
    then: @escaping ([RecalledItem]) -> Void
  ) {
    let limit = settings.recallMaxInputCharacters
    let query = question.utf8.count <= limit ? question[...] : question.prefix(limit)
    guard query.contains(where: { !$0.isWhitespace }), count > 0, !head.scope.isEmpty else {
      return then([])
    }
    let path = "\(bank)/memories/recall"
    request(Request(method: .post, path: path, body: body(String(query)))) { [self] reply in
      switch reply {
      case .answered(200, let body?, _): then(items(body, atMost: count, characters: characters))
      case .answered(200, nil, _):
        fail(.failed("\(settings.place) answered a recall with something that is no JSON"))
      // A bank that nothing was stored in yet.
      case let reply where Self.isAbsence(reply): then([])
      default: fail(failure(reply))
      }
    }
  }

  /// The scope is one of the tags, all of which a memory must have; those of the configuration are
  /// among them if all are wanted, and else are looked for in the results.
  private func body(_ query: String) -> [UInt8] {
    let wanted = [scopeTag] + (settings.recallNeedsAllTags ? settings.recallTags : [])
    var members: [(String, JSONText)] = [
      ("query", .text(query)), ("budget", .text(settings.recallBudget)),
      ("max_tokens", .integer(settings.recallMaxTokens)),
      ("tags", .list(wanted.map(JSONText.text))), ("tags_match", .text("all_strict")),
    ]
    if !settings.recallTypes.isEmpty {
      members.append(("types", .list(settings.recallTypes.map(JSONText.text))))
    }
    if settings.recallMinSemantic > 0 {
      members.append(
        ("min_scores", .object([("semantic", .real(settings.recallMinSemantic))])))
    }
    return JSONText.object(members).bytes
  }

  /// As many as fit, each cut to at most half of the room so that one does not take it all.
  private func items(_ body: JSON, atMost count: Int, characters: Int) -> [RecalledItem] {
    var room = characters
    let each = max(200, room / 2)
    var items: [RecalledItem] = []
    for (place, result) in (body["results"].list ?? []).enumerated() {
      guard items.count < count, room > 0 else { break }
      guard var item = item(result, place: place) else { continue }
      // Nothing has more characters than bytes.
      if item.text.utf8.count > min(each, room) {
        item.text = String(
          String.UnicodeScalarView(item.text.unicodeScalars.prefix(min(each, room))))
      }
      room -= item.text.unicodeScalars.count
      items.append(item)
    }
    return items
  }

  /// Nil for what is not of the scope, or is not wanted.
  private func item(_ result: JSON, place: Int) -> RecalledItem? {
    let tags = result["tags"].texts
    guard tags.contains(scopeTag), let text = result["text"].text, !text.isEmpty else { return nil }
    let isTagged =
      settings.recallTags.isEmpty
      || (settings.recallNeedsAllTags
        ? settings.recallTags.allSatisfy(tags.contains)
        : settings.recallTags.contains(where: tags.contains))
    let session = session(of: result, tags)
    guard isTagged, includesRunningSession || session != head.sessionID else { return nil }
    let scores = result["scores"]
    let score = [scores["final"].number, scores["semantic"].number].compactMap { $0 }
      .first { $0.isFinite }
    var item = RecalledItem(
      text: text, score: score ?? 1 / Double(place + 1),
      timeMilliseconds: Time.milliseconds(
        result["mentioned_at"].text ?? result["occurred_start"].text ?? ""),
      sessionID: session, scope: head.scope, turns: (0, 0))
    // A piece of a long document may begin or end inside a turn, and is then given as it is.
    guard let turns = Content.turns(of: text), !turns.isEmpty else { return item }
    let readable = Content.readable(turns)
    guard !readable.isEmpty else { return item }
    item.text = readable
    item.turns = (turns.first?.index ?? 0, turns.last?.index ?? 0)
    if let time = turns.last?.json.list?.last?["time"].text {
      item.timeMilliseconds = Time.milliseconds(time)
    }
    return item
  }

  /// A memory that was made of several sessions stems from none of them.
  private func session(of result: JSON, _ tags: [String]) -> String {
    let tagged = tags.filter { $0.hasPrefix("session:") }
    if tagged.count == 1 { return String(tagged[0].dropFirst("session:".count)) }
    let document = result["document_id"].text ?? ""
    return String(document.prefix { $0 != "." })
  }
}

/// Finds memories for the host.
class RecallJob: SearchingJob {
  private let question: RecallRequest

  init(_ server: Server, _ question: RecallRequest, _ answer: consuming Answer) {
    self.question = question
    super.init(server, question.head, answer)
  }

  override func begin() {
    search(
      question.query, atMost: question.maximumItems, characters: question.maximumCharacters
    ) { [self] items in
      for item in items { guard give(item) else { break } }
      succeed()
    }
  }
}

/// The same for what is likely to be asked next; nobody waits for it.
final class PrefetchJob: RecallJob {
  override var isPatient: Bool { true }
}
