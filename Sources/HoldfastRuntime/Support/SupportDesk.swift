internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastPorts

/// Puts bundles together from what is known of a state, and keeps them. Any thread.
struct SupportDesk: Sendable {
  let paths: HostPaths
  let inventory: PluginInventory?

  private var folder: SupportFolder { SupportFolder(stateFolder: paths.stateDirectory) }

  /// A bundle with what the state folder says.
  func bundle(_ cause: SupportBundle.Cause, _ ring: FlightRing?) -> SupportBundle {
    var bundle = SupportBundle(cause: cause)
    bundle.ring = ring
    bundle.configuration = inventory.map(RedactedConfiguration.json)
    bundle.crashes = CrashFolder(stateFolder: paths.stateDirectory).all()
    return bundle
  }

  /// Keeps a bundle; its file.
  func keep(_ bundle: SupportBundle) throws(SupportFault) -> String {
    try folder.keep(bundle.text(), cause: bundle.cause, at: bundle.time)
  }

  /// Makes a bundle of what a host left that did not end in an orderly way; its file, nil if there
  /// is nothing to tell.
  func tellOfFormer() throws(SupportFault) -> (file: String, cause: SupportBundle.Cause)? {
    let files = FlightFiles(stateFolder: paths.stateDirectory)
    guard let ring = files.aside else { return nil }
    let crash = CrashFolder(stateFolder: paths.stateDirectory).last()
    let isCrash = crash.map { $0.timeMilliseconds >= ring.header.startedMilliseconds } ?? false
    let cause: SupportBundle.Cause =
      isCrash ? .crash : ring.header.ending == .gaveUp ? .gaveUp : .endedWithoutAWord
    let file = try keep(bundle(cause, ring))
    files.forgetAside()
    return (file, cause)
  }
}
