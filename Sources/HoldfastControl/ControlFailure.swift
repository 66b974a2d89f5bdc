/// Why a question got no answer.
public enum ControlFailure: Error, Equatable, CustomStringConvertible {
  /// Nobody listens at this path.
  case notRunning(path: String)
  /// Nothing came in time.
  case timedOut(seconds: Int)
  /// The connection could not be made, or ended too early; with the reason.
  case broken(String)

  /// One sentence with the remedy.
  public var description: String {
    switch self {
    case .notRunning(let path):
      "no host is running here (\(path)); start one with `holdfast run`"
    case .timedOut(let seconds):
      "the host did not answer within \(seconds) s; if that stays so, end it with `kill -9`: what "
        + "was accepted is in the journal, and a standby or the next `holdfast run` goes on"
    case .broken(let reason): reason
    }
  }
}
