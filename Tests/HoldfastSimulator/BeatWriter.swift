import HoldfastCore

/// Adds heartbeats, and work without an owner, to some plans. Dice of its own decide that, and what
/// it adds falls into the pauses, so that all else stays what the seed makes of it.
struct BeatWriter {
  private var random: Random
  private let instances: [InstanceID]

  init(seed: UInt64, instances: [InstanceID]) {
    random = Random(seed: seed ^ 0xBEA7_BEA7)
    self.instances = instances
  }

  /// The actions with what is added between them.
  mutating func beating(_ settings: inout [Setting], _ actions: [Action]) -> [Action] {
    guard random.chance(250) else { return actions }
    let stuck = random.pick([500, 2000, 10_000]) ?? 2000
    let abort = stuck * (random.pick([1, 2, 3]) ?? 2)
    settings.append(
      .attention(
        stuckAfter: .milliseconds(stuck), abortAfter: .milliseconds(abort),
        models: random.pick([100, 300, 600]) ?? 300))
    var all: [Action] = []
    for action in actions {
      var rest = action.pause
      for _ in 0..<random.below(5) { all.append(added(in: &rest)) }
      all.append(Action(pause: rest, deed: action.deed))
    }
    for _ in 0..<8 {
      all.append(Action(pause: random.milliseconds(1...abort), deed: beat()))
    }
    return all
  }

  private mutating func added(in rest: inout Duration) -> Action {
    let limit = Int(rest.milliseconds)
    let pause = random.milliseconds(0...limit)
    rest = max(.zero, rest - pause)
    return Action(pause: pause, deed: deed())
  }

  private mutating func deed() -> Action.Deed {
    let instance = random.pick(instances) ?? World.echo
    switch random.below(10) {
    case 0:
      return .takeUp(random.pick(ActivityKind.allCases) ?? .run, random.next(), instance)
    case 1: return .letGo(random.next(), instance)
    default: return beat()
    }
  }

  private mutating func beat() -> Action.Deed {
    guard random.chance(200) else { return .beat(lateBy: random.milliseconds(0...20)) }
    return .beat(lateBy: random.milliseconds(20...30_000))
  }
}
