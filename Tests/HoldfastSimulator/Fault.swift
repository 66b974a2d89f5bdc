import HoldfastCore

/// Something that goes wrong, once: the choice it is, by its number at its site, and what happens.
public struct Fault: Sendable, Equatable {
  /// What goes wrong.
  public enum Mishap: Sendable, Equatable {
    /// A plugin makes something else of a call than it should.
    case behaves(Behaviour)
    /// The host dies while this input's effects are performed: after a part of them, and a part of
    /// what was not synced is on disk all the same. Both are taken modulo what there is.
    case crash(after: UInt64, keeping: UInt64)
    /// Something takes so long.
    case takes(Duration)
    /// Something takes so long, and nothing is said of it.
    case isSilent(Duration)
    /// Something never comes to its end.
    case hangs
    /// Something fails.
    case fails
  }

  /// Where.
  public let site: Site
  /// Which choice at that site, from 1.
  public let number: Int
  /// What.
  public let mishap: Mishap
}

/// How often something goes wrong, in a thousand.
public struct Faults: Sendable, Equatable {
  /// A call to a memory provider.
  public var memory = 0
  /// A call to a model.
  public var model = 0
  /// A call to a channel.
  public var channel = 0
  /// An event that a plugin is given.
  public var event = 0
  /// The loading of a plugin, and its end.
  public var life = 0
  /// A group of transactions that the journal cannot write yet.
  public var stall = 0
  /// A question that the journal cannot answer.
  public var read = 0
  /// A host dies before an input's effects are all performed.
  public var crash = 0
  /// Hosts that die at most.
  public var crashes = 0

  /// Nothing goes wrong.
  public init() {}
}

extension World {
  /// Decides whether something goes wrong at a site, `rate` times in a thousand; in a run that is
  /// repeated, whether it did then.
  func mishap(
    at site: Site, _ number: Int, rate: Int,
    _ choose: (inout Random) -> Fault.Mishap
  ) -> Fault.Mishap? {
    if let planned {
      guard !isCalm, let mishap = planned[FaultName(site: site, number: number)] else { return nil }
      return noted(Fault(site: site, number: number, mishap: mishap))
    }
    guard rate > 0 else { return nil }
    var random = choices.details(of: site, number)
    guard random.chance(rate) else { return nil }
    return noted(Fault(site: site, number: number, mishap: choose(&random)))
  }

  private func noted(_ fault: Fault) -> Fault.Mishap {
    occurred.append(fault)
    tell("fault: \(fault)")
    return fault.mishap
  }
}

/// Which choice a fault is.
struct FaultName: Hashable, Sendable {
  let site: Site
  let number: Int
}

extension Fault: CustomStringConvertible {
  /// For people.
  public var description: String {
    switch mishap {
    case .behaves(let behaviour): "\(site) no. \(number) is \(behaviour)"
    case .crash: "the host dies (\(site) no. \(number))"
    case .takes(let duration): "\(site) no. \(number) takes \(duration.milliseconds) ms"
    case .isSilent(let duration):
      "\(site) no. \(number) says nothing for \(duration.milliseconds) ms"
    case .hangs: "\(site) no. \(number) hangs"
    case .fails: "\(site) no. \(number) fails"
    }
  }
}
