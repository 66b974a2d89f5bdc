import HoldfastCore

/// A run of one plan: everything that happens in it follows from that.
public struct Schedule {
  /// A run that found something.
  public struct Failure: Sendable {
    /// What was run, with all that went wrong.
    public let plan: Plan
    /// What must not have happened.
    public let violation: Violation
    /// What led to it, one line for each thing that was done, went wrong or was seen.
    public let story: [String]
    /// The same with every input and effect, if it was to be traced.
    public let trace: [String]
  }

  /// What is run.
  public let plan: Plan
  let world: World

  /// A run that has not begun, with a mistake that is made on purpose perhaps.
  public init(_ plan: Plan, mistake: (any Mistake)? = nil, isTracing: Bool = false) {
    self.plan = plan
    world = World(configuration: World.basicConfiguration(), seed: plan.seed)
    world.isTracing = isTracing
    world.isTelling = isTracing
    world.mistake = mistake
    if plan.isRecorded { world.repeatFaults(plan.faults) }
    world.install(World.notes.description)
    world.configuration.plugins.append(World.memorySettings(World.notes.description, every: 1))
    for setting in plan.settings { world.apply(setting) }
  }

  /// The run of a seed.
  public init(seed: UInt64, mistake: (any Mistake)? = nil, isTracing: Bool = false) {
    self.init(Plan(seed: seed), mistake: mistake, isTracing: isTracing)
  }

  /// Runs it; nil if nothing was violated.
  public func run() -> Failure? {
    world.start()
    var next = world.now
    for action in plan.actions where world.violation == nil {
      next = next + action.pause
      while let instant = world.nextInstant, instant <= next, world.step() {}
      world.now = max(world.now, next)
      guard world.violation == nil else { break }
      world.tell("\(action.deed)")
      world.perform(action.deed)
      next = max(next, world.now)
    }
    world.settle()
    return world.violation.map {
      Failure(plan: recorded, violation: $0, story: world.story, trace: world.trace)
    }
  }

  /// The plan with all that went wrong, whether by chance or because it was listed.
  public var recorded: Plan {
    var decisions = plan.decisions.filter {
      if case .fault = $0 { false } else { true }
    }
    decisions += world.occurred.map { .fault($0) }
    return Plan(seed: plan.seed, decisions: decisions)
  }

  /// Every input and effect, oldest first, if it was to be traced.
  public var trace: [String] { world.trace }
  /// One line for each thing that was done, went wrong or was seen, if it was to be traced.
  public var story: [String] { world.story }
  /// Steps that it took.
  public var steps: Int { world.steps }
}
