/// A line that is no request or no answer, in a sentence for whoever sent it.
public struct ControlProblem: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String
  /// The request that it is about, 0 if that could not be read.
  public let id: UInt64

  /// A problem with a line.
  public init(_ description: String, id: UInt64 = 0) {
    self.description = description
    self.id = id
  }
}
