/// What a crowd's run is judged by.
struct Verdict {
  /// So often the channel that cannot connect is to have been tried.
  static let leastFailures: UInt64 = 3

  /// Messages that were said.
  let wanted: Int
  let outcome: Writers.Outcome
  let ledger: Ledger
  /// Turns that are still owed.
  let left: Int
  /// Status named the provider that hangs.
  let isBlamed: Bool
  /// How often the channel that never connects was tried.
  let failures: UInt64
  let observed: CrowdWatch.Observation
  /// Others work on the machine as well.
  let isShared: Bool

  /// What is wrong, a few words each.
  var problems: [String] { faults + delays }

  /// What is wrong apart from delay.
  var faults: [String] {
    var problems: [String] = []
    if outcome.answered != wanted { problems.append("\(wanted - outcome.answered) not answered") }
    if outcome.doubles > 0 { problems.append("\(outcome.doubles) answered twice") }
    if ledger.once != wanted { problems.append("\(wanted - ledger.once) not retained once") }
    if ledger.doubles > 0 { problems.append("\(ledger.doubles) retained twice") }
    if ledger.disorder > 0 { problems.append("\(ledger.disorder) retained out of order") }
    if left > 0 { problems.append("\(left) still owed") }
    if !isBlamed { problems.append("status does not name the hung provider's call") }
    if failures < Self.leastFailures {
      problems.append("the channel that fails was tried \(failures) times only")
    }
    if observed.engine.samples == 0 { problems.append("nobody has probed the executor") }
    return problems
  }

  // MARK: - Delay

  /// How long what is handed to the rules may wait, in milliseconds.
  private static let bound = 5.0
  /// So much of what a bystander with work is kept from is taken for the machine's doing: its
  /// quantiles are those of one run, too.
  private static let share = 1.5

  private var delays: [String] {
    let engine = observed.engine
    let limits = limits
    var problems: [String] = []
    if engine.p999 > limits.p999 {
      problems.append(
        "executor delay p99.9 is \(short(engine.p999)) ms, beyond \(short(limits.p999)) ms")
    }
    if engine.p99 > limits.p99 {
      problems.append(
        "executor delay p99 is \(short(engine.p99)) ms, beyond \(short(limits.p99)) ms")
    }
    return problems
  }

  /// What it may be: the bound, and on a shared machine what the machine takes of anybody.
  var limits: (p99: Double, p999: Double) {
    guard isShared else { return (Self.bound, Self.bound) }
    let bystander = observed.bystander
    return (
      Self.bound + Self.share * bystander.quantile(0.99),
      Self.bound + Self.share * bystander.quantile(0.999)
    )
  }
}
