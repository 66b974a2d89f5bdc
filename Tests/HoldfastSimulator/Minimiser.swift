/// Makes a failing plan small: what is left out changes nothing of what fails.
public struct Minimiser {
  /// Makes the mistake of the runs anew, if there is one.
  public typealias MakeMistake = () -> (any Mistake)?

  private let invariant: Invariant
  private let makeMistake: MakeMistake
  private var best: Schedule.Failure
  private var runsLeft: Int

  /// The smallest plan that was found within `runs` runs and fails by the same invariant, with its
  /// story. Plans are tried with parts left out, ever smaller ones, and with no time between deeds.
  public static func minimise(
    _ failure: Schedule.Failure, runs: Int = 3000, mistake: @escaping MakeMistake = { nil }
  ) -> Schedule.Failure {
    var minimiser = Minimiser(
      invariant: failure.violation.invariant, makeMistake: mistake, best: failure, runsLeft: runs)
    minimiser.leaveOut()
    minimiser.hurry()
    minimiser.leaveOut()
    return minimiser.tell()
  }

  /// Whether the plan fails in the same way; then it is the best so far.
  private mutating func fails(_ decisions: [Decision]) -> Bool {
    guard runsLeft > 0 else { return false }
    runsLeft -= 1
    let plan = Plan(seed: best.plan.seed, decisions: decisions)
    guard let failure = Schedule(plan, mistake: makeMistake()).run(),
      failure.violation.invariant == invariant
    else { return false }
    // What was decided and did not come about is left out with it.
    best = failure
    return true
  }

  /// Leaves out parts of a half, a quarter and so on of all decisions, as long as any can be.
  private mutating func leaveOut() {
    var size = max(1, best.plan.decisions.count / 2)
    while runsLeft > 0 {
      var start = 0
      var isSmaller = false
      while start < best.plan.decisions.count {
        var decisions = best.plan.decisions
        decisions.removeSubrange(start..<min(start + size, decisions.count))
        if fails(decisions) { isSmaller = true } else { start += size }
      }
      if size == 1, !isSmaller { return }
      size = max(1, size / 2)
    }
  }

  /// Leaves out the time between deeds, and makes it short where it matters.
  private mutating func hurry() {
    for position in best.plan.decisions.indices {
      for pause in [Duration.zero, .milliseconds(50), .seconds(1)] {
        guard position < best.plan.decisions.count,
          case .action(var action) = best.plan.decisions[position], pause < action.pause
        else { break }
        action.pause = pause
        var decisions = best.plan.decisions
        decisions[position] = .action(action)
        if fails(decisions) { break }
      }
    }
  }

  private func tell() -> Schedule.Failure {
    let failure = Schedule(best.plan, mistake: makeMistake(), isTracing: true).run()
    return failure ?? best
  }
}

extension Schedule.Failure {
  /// For people: how the world was, what led to it, and what must not have happened.
  public var report: String {
    let settings = plan.settings.map { "  world: \($0)" }
    return (["seed \(plan.seed): \(violation)"] + settings + story.map { "  \($0)" })
      .joined(separator: "\n")
  }
}
