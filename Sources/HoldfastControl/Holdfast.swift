/// The program as a whole.
public enum Holdfast {
  /// Version of this build.
  public static let version = "0.1.0"
}
