/// Time as the host lived it: the monotonic clock without the time in which the process was not
/// let run, by a signal, a frozen container or a machine that stood still. That clock goes on
/// meanwhile, and by it every plugin would have been slow.
///
/// Whoever handles inputs says when it looks and when it means to look again; being late by more
/// than a slow machine makes it counts as having stood still.
public struct RunningClock: Sendable {
  /// How often to look while something is awaited.
  public static let beat = Duration.milliseconds(250)
  /// Lateness that a loaded machine may cause.
  static let tolerance: UInt64 = 250_000_000
  /// Waits from here on are for nothing that a plugin could be blamed for.
  private static let horizon: UInt64 = 120_000_000_000

  /// Nanoseconds in which the process stood still.
  public private(set) var lost: UInt64 = 0
  /// When it means to look again at the latest, by the machine's clock.
  private var due = UInt64.max

  /// A clock that agrees with the machine's.
  public init() {}

  /// Looks at the clock; `machine` is the monotonic clock in nanoseconds.
  public mutating func look(at machine: UInt64) -> Instant {
    if due < machine, machine - due > Self.tolerance { lost += machine - due }
    due = machine + Self.beat.nanoseconds
    return Instant(nanoseconds: machine - lost)
  }

  /// Nothing is to be done before `wake`, nil: before somebody asks. Returns until when the thread
  /// may sleep, by the machine's clock; nil: until it is woken.
  public mutating func rest(until wake: Instant?, from machine: UInt64) -> UInt64? {
    guard let wake else {
      due = .max
      return nil
    }
    let alarm = machineTime(of: wake)
    due = alarm < machine + Self.horizon ? min(alarm, machine + Self.beat.nanoseconds) : .max
    return min(alarm, due)
  }

  /// What the machine's clock shows at an instant, if the process is let run until then.
  public func machineTime(of instant: Instant) -> UInt64 {
    let (sum, isOver) = Int64(bitPattern: instant.nanoseconds)
      .addingReportingOverflow(Int64(clamping: lost))
    return isOver ? .max : UInt64(max(0, sum))
  }
}
