import Glibc
import HoldfastSimulator

// Runs the simulator over many seeds on all cores, or over one seed and shows what happens.
//
//   holdfast-simulate --seeds 10000 [--first 1] [--all]
//   holdfast-simulate --seed 17 [--trace]

switch Options(Array(CommandLine.arguments.dropFirst())) {
case .usage(let sentence):
  print(sentence)
  exit(2)
case .one(let seed, let isTracing): exit(show(seed: seed, isTracing: isTracing) ? 0 : 1)
case .many(let first, let count, let findsAll):
  let fleet = Fleet(first: first, count: count, findsAll: findsAll)
  exit(fleet.run() ? 0 : 1)
}

/// Shows what happens under one seed; false if something was violated.
func show(seed: UInt64, isTracing: Bool) -> Bool {
  let schedule = Schedule(seed: seed, isTracing: true)
  let failure = schedule.run()
  for line in isTracing ? schedule.trace : schedule.story { print(line) }
  print("seed \(seed): \(schedule.steps) steps")
  guard let failure else {
    print("nothing violated")
    return true
  }
  print("\(failure.violation)\n\nmade smaller:\n")
  let small = Minimiser.minimise(failure)
  if isTracing { for line in small.trace { print(line) } }
  print(small.report)
  return false
}

/// What the command line asks for.
enum Options {
  case one(seed: UInt64, isTracing: Bool)
  case many(first: UInt64, count: UInt64, findsAll: Bool)
  case usage(String)

  init(_ arguments: [String]) {
    var values: [String: UInt64] = [:]
    var flags: Set<String> = []
    var rest = arguments[...]
    while let name = rest.popFirst() {
      switch name {
      case "--trace", "--all": flags.insert(name)
      case "--seed", "--seeds", "--first":
        guard let value = rest.popFirst().flatMap({ UInt64($0) }) else {
          self = .usage("holdfast-simulate: \(name) needs a number")
          return
        }
        values[name] = value
      default:
        self = .usage("holdfast-simulate: unknown option \(name); --seeds n or --seed n")
        return
      }
    }
    if let seed = values["--seed"] {
      self = .one(seed: seed, isTracing: flags.contains("--trace"))
    } else {
      self = .many(
        first: values["--first"] ?? 1, count: max(1, values["--seeds"] ?? 10_000),
        findsAll: flags.contains("--all"))
    }
  }
}
