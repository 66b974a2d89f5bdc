import HoldfastCore

/// What the writer is asked to do, in the order in which it was asked.
enum Work: Sendable {
  case transaction(Transaction)
  case question(ReadID, JournalQuery)
  case prune(Pruning)
}

/// How far pruning got; it goes on in small steps so that no transaction waits long for it.
struct Pruning: Sendable {
  var limits: PruneLimits
  var lastInput: Int64 = 0
  var lastReply: Int64 = 0
  var lastEvent: Int64 = 0
  var lastCut: Int64 = 0
  var isBegun = false

  /// Whether everything was looked at.
  var isOver: Bool { [lastInput, lastReply, lastEvent, lastCut].allSatisfy { $0 == .max } }
}

extension Transaction {
  /// Bytes of text in it, roughly: what a group is bounded by.
  var textBytes: Int {
    var sum = 0
    for operation in operations {
      switch operation {
      case .appendTurn(let turn): sum += turn.userText.utf8.count + turn.answerText.utf8.count
      case .acceptInput(let input): sum += input.text.utf8.count
      case .queueReply(let reply): sum += reply.text.utf8.count
      case .compact(_, let summary, _): sum += summary.utf8.count
      case .emit(let event): sum += event.userText.utf8.count + event.answerText.utf8.count
      default: break
      }
    }
    return sum
  }
}

extension JournalOperation {
  /// Whether it may refuse its transaction.
  var mayRefuse: Bool {
    switch self {
    case .guardTurn, .guardBinding, .acceptInput: true
    default: false
    }
  }

  /// Whether it changes rows.
  var writes: Bool {
    switch self {
    case .guardTurn, .guardBinding: false
    default: true
    }
  }
}
