internal import HoldfastPlugin

/// Stores a batch.
final class RetainJob: ErasingJob {
  private let batch: RetainBatch
  private var isAppending = false

  init(_ server: Server, _ batch: RetainBatch, _ answer: consuming Answer) {
    self.batch = batch
    super.init(server, batch.head, answer)
  }

  override func begin() {
    server.whenFilingIsKnown(self) { [self] filing in
      guard case .append = filing else { return store(filing) }
      finishErasures(of: batch.documentID) { [self] in
        isAppending = true
        store(filing)
      }
    }
  }

  /// Nothing is wrong with a batch that cannot be appended since its bank keeps no text, whatever
  /// the server says of all its banks.
  override func fail(_ error: PluginError) {
    let isOfTheBank = error.reason.contains("store_document_text")
    guard isAppending, !mayBeTaken, error.status == .refused, isOfTheBank else {
      return super.fail(error)
    }
    isAppending = false
    server.cannotAppend()
    store(.documentPerBatch(isAsynchronous: true))
  }

  private func store(_ filing: Server.Filing) {
    let first = batch.turns.first?.index ?? head.turns.first
    let last = batch.turns.last?.index ?? head.turns.last
    var item = Item(
      document: batch.documentID, content: Content.text(of: batch.turns), mode: .append,
      tags: tags(batch.tags), metadata: metadata(), context: context,
      timestamp: Time.text(milliseconds: batch.turns.first?.messages.first?.timeMilliseconds ?? 0))
    var isAsynchronous = true
    if case .documentPerBatch(let takesOperations) = filing {
      item.document = Self.document(batch.documentID, first, last)
      item.mode = takesOperations ? .replace : nil
      isAsynchronous = takesOperations
    }
    store(item, id: batch.key, isAsynchronous: isAsynchronous) { [self] in succeed() }
  }

  private func metadata() -> [(key: String, value: String)] {
    var metadata = batch.metadata.filter { $0.key != "retained_at" }
    metadata.append(("retained_at", wallClock()))
    return metadata
  }
}
