import HoldfastCore

/// What must hold of turns and the messages that they answer.
extension World {
  /// Messages that are done have one turn, which was written with them, which says what they said
  /// in the order in which they were accepted, and nothing else.
  func checkAnswers(in transaction: Transaction) {
    var done: [SessionID: [InputRecord]] = [:]
    for case .settleInput(let id, .done) in transaction.operations {
      guard let input = submitted.journal.inputs[id] else { continue }
      if submitted.answered[id] != nil { fail(.oneTurn, "input \(id) is answered again") }
      if tools.lives[id] ?? life != life {
        fail(.toolOnce, "input \(id) was answered after an earlier host had called tools for it")
      }
      done[input.session, default: []].append(input)
    }
    for case .appendTurn(let turn) in transaction.operations where turn.status == .live {
      let inputs = done.removeValue(forKey: turn.session) ?? []
      let said = inputs.sorted { $0.id < $1.id }.map(\.text).joined(separator: "\n")
      if RecallBlock.stripped(said) != turn.userText {
        fail(.oneTurn, "turn \(turn.index) says “\(turn.userText)”, its messages “\(said)”")
      }
    }
    for input in done.values.joined() { fail(.oneTurn, "input \(input.id) is done without a turn") }
  }

  /// Of the calls that turns make no more are under way with a plugin than may be.
  func checkOutstanding(_ flight: Flight) {
    guard flight.isOfTurn, let settings = configuration.plugin(flight.instance) else { return }
    let others = flights.values.count {
      $0.instance == flight.instance && $0.isOfTurn && !$0.isAnswered && !$0.isCancelled
    }
    if others > settings.maxOutstanding {
      fail(.bounded, "\(others) calls of turns are under way with \(flight.instance)")
    }
  }
}

extension Flight {
  /// A turn has made it.
  fileprivate var isOfTurn: Bool {
    switch call {
    case .respond(let request): request.purpose == .answer
    case .callTool: true
    default: false
    }
  }
}
