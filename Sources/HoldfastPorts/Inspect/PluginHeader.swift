import CHoldfast

/// The header that this host was built with.
public enum PluginHeader {
  /// Such as `1.0`.
  public static var version: String { "\(HF_ABI_MAJOR).\(HF_ABI_MINOR)" }
}
