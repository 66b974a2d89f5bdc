public import HoldfastCore

/// A mistake that is made on purpose, to see whether the simulator notices it. It may change the
/// host and its input before the rules see them, and the host and its effects afterwards; the host
/// itself knows nothing of it. One object makes it in one run.
public protocol Mistake: AnyObject {
  /// How often it was made.
  var count: Int { get }
  /// Before the host handles an input.
  func before(_ input: inout HostInput, host: inout Host, in world: World)
  /// After it did, before the effects are performed.
  func after(_ input: HostInput, host: inout Host, effects: inout [HostEffect], in world: World)
  /// A host starts on what the journal holds.
  func started(_ host: inout Host, in world: World)
}

extension Mistake {
  /// Nothing.
  public func before(_ input: inout HostInput, host: inout Host, in world: World) {}
  /// Nothing.
  public func after(
    _ input: HostInput, host: inout Host, effects: inout [HostEffect], in world: World
  ) {}
  /// Nothing.
  public func started(_ host: inout Host, in world: World) {}
}
