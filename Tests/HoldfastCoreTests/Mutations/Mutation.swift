import Testing

@testable import HoldfastCore
@testable import HoldfastSimulator

/// A mistake that a host could make, made from outside: in what it remembers, in what it writes, in
/// what it sends, or in what it is told.
struct Mutation: Sendable, CustomTestStringConvertible {
  /// What it is called.
  let name: String
  /// The invariants that notice it.
  let expected: Set<Invariant>
  /// Where to begin to look for a schedule that needs it; a hint that saves time.
  let firstSeed: UInt64
  /// Makes it anew.
  let make: @Sendable () -> Tamper

  init(
    _ name: String, _ expected: Invariant..., from firstSeed: UInt64 = 1,
    make: @escaping @Sendable (Tamper) -> Void
  ) {
    self.name = name
    self.firstSeed = firstSeed
    self.expected = Set(expected)
    self.make = {
      let tamper = Tamper()
      make(tamper)
      return tamper
    }
  }

  var testDescription: String { name }

  /// All of them.
  static let all =
    cuts + outcomes + undos + switches + branches + lanes + recalls + enrolments + deliveries
    + journals + queues + tools + attention + fencing
}

/// One run's mistake.
final class Tamper: Mistake {
  /// What the host is told and what it makes of that.
  struct Moment {
    let input: HostInput
    unowned let world: World
  }

  private(set) var count = 0
  /// Rows that are added to the next transaction.
  var rows: [JournalOperation] = []
  /// Effects that are added to those of a later input, with how many inputs they wait.
  private var later: [(inputs: Int, effect: HostEffect)] = []

  private var onInput: [(inout HostInput, inout Host, World, Tamper) -> Void] = []
  private var onEffects: [(inout [HostEffect], inout Host, Moment, Tamper) -> Void] = []
  private var onStart: [(inout Host, World, Tamper) -> Void] = []

  /// It was made.
  func note() { count += 1 }

  // MARK: What a mutation is made of

  func input(_ change: @escaping (inout HostInput, inout Host, World, Tamper) -> Void) {
    onInput.append(change)
  }

  func effects(_ change: @escaping (inout [HostEffect], inout Host, Moment, Tamper) -> Void) {
    onEffects.append(change)
  }

  func start(_ change: @escaping (inout Host, World, Tamper) -> Void) { onStart.append(change) }

  /// Changes the rows of every transaction; one that is changed counts.
  func rows(_ change: @escaping (JournalOperation, inout Host) -> [JournalOperation]) {
    effects { effects, host, _, tamper in
      for position in effects.indices {
        guard case .commit(var transaction) = effects[position] else { continue }
        let rows = transaction.operations.flatMap { change($0, &host) }
        if rows != transaction.operations { tamper.note() }
        transaction.operations = rows
        effects[position] = .commit(transaction)
      }
    }
  }

  /// Leaves out rows.
  func drop(_ isDropped: @escaping (JournalOperation) -> Bool) {
    rows { row, _ in isDropped(row) ? [] : [row] }
  }

  /// Changes the calls to plugins.
  func calls(_ change: @escaping (PluginCall, Host, World, Tamper) -> PluginCall) {
    effects { effects, host, moment, tamper in
      for position in effects.indices {
        guard case .call(let instance, let id, let call, let deadline) = effects[position] else {
          continue
        }
        let changed = change(call, host, moment.world, tamper)
        effects[position] = .call(instance, id, changed, deadline: deadline)
      }
    }
  }

  /// After each input, looks at every backlog.
  func backlogs(_ change: @escaping (inout Backlog, inout Host, Tamper) -> Void) {
    effects { _, host, _, tamper in
      for id in host.providers.keys.sorted() {
        for session in host.providers[id]?.backlogs.keys.sorted() ?? [] {
          guard var backlog = host.providers[id]?.backlogs[session] else { continue }
          let before = backlog
          change(&backlog, &host, tamper)
          if !(backlog == before) {
            tamper.note()
            host.put(backlog)
          }
        }
      }
    }
  }

  /// Lets an effect happen after so many inputs more.
  func postpone(_ effect: HostEffect, by inputs: Int) { later.append((inputs, effect)) }

  // MARK: What the world calls

  func before(_ input: inout HostInput, host: inout Host, in world: World) {
    for change in onInput { change(&input, &host, world, self) }
  }

  func after(
    _ input: HostInput, host: inout Host, effects: inout [HostEffect], in world: World
  ) {
    add(to: &effects)
    let moment = Moment(input: input, world: world)
    for change in onEffects { change(&effects, &host, moment, self) }
  }

  func started(_ host: inout Host, in world: World) {
    rows = []
    later = []
    for change in onStart { change(&host, world, self) }
  }

  private func add(to effects: inout [HostEffect]) {
    if !rows.isEmpty, case .commit(var transaction) = effects.first {
      transaction.operations += rows
      rows = []
      effects[0] = .commit(transaction)
    }
    for position in later.indices { later[position].inputs -= 1 }
    effects += later.filter { $0.inputs <= 0 }.map(\.effect)
    later.removeAll { $0.inputs <= 0 }
  }
}

extension Backlog {
  /// Whether both are the same, as far as mutations change them.
  static func == (left: Backlog, right: Backlog) -> Bool {
    left.watermark == right.watermark && left.pending == right.pending && left.cut == right.cut
      && left.parked == right.parked && left.owed == right.owed
      && left.activity == right.activity
  }
}

extension Host {
  /// Makes a backlog what it is to be.
  mutating func put(_ backlog: Backlog) {
    providers[backlog.enrolment]?.change(backlog.session.id) { $0 = backlog }
  }
}

extension [HostEffect] {
  /// The rows of the transaction among them.
  var rows: [JournalOperation] {
    flatMap { effect -> [JournalOperation] in
      if case .commit(let transaction) = effect { transaction.operations } else { [] }
    }
  }
}
