internal import Glibc
public import HoldfastControl
internal import HoldfastCore

/// Bundles for the command line. Any thread.
public struct SupportExport: Sendable {
  private let paths: HostPaths
  private let environment: [String: String]
  private let pluginFolders: [String]

  /// Of the state at these paths.
  public init(paths: HostPaths, environment: [String: String], pluginFolders: [String]) {
    self.paths = paths
    self.environment = environment
    self.pluginFolders = pluginFolders
  }

  /// Makes a bundle of what the last host left, in `file` or in the state's folder; its file.
  public func fromState(to file: String?) throws(SupportExportFailure) -> String {
    guard access(paths.stateDirectory, R_OK | X_OK) == 0 else {
      throw SupportExportFailure(
        "there is no state in \(paths.stateDirectory) that could be looked at; name another with "
          + "--state-dir")
    }
    let files = FlightFiles(stateFolder: paths.stateDirectory)
    let ring = FlightFiles.read(files.path) ?? files.aside
    let desk = SupportDesk(paths: paths, inventory: inventory)
    let bundle = desk.bundle(.request, ring)
    do throws(SupportFault) {
      guard let file else { return try desk.keep(bundle) }
      try Self.put(bundle.text(), to: file)
      return file
    } catch {
      throw SupportExportFailure(error.description)
    }
  }

  /// Moves a bundle that a host wrote to where it is wanted; where it is then.
  public func move(_ bundle: String, to file: String?) throws(SupportExportFailure) -> String {
    guard let file else { return bundle }
    do {
      let text = try ConfigurationFile.read(bundle, limit: SupportBundle.limit)
      try Self.put(text, to: file)
    } catch let fault as SupportFault {
      throw SupportExportFailure(fault.description)
    } catch {
      throw SupportExportFailure("\(bundle), which the host wrote, cannot be read")
    }
    unlink(bundle)
    return file
  }

  /// Where a person wants it; `-` is standard output.
  private static func put(_ text: [UInt8], to file: String) throws(SupportFault) {
    guard file == "-" else { return try SupportFolder.write(text, to: file) }
    let problem = SupportFolder.write(text, on: 1)
    if problem != 0 { throw SupportFault("standard output", problem) }
  }

  /// Nil if the configuration cannot be read; that must not keep a bundle from being made.
  private var inventory: PluginInventory? {
    guard
      let configuration = try? ConfigurationFile.load(
        paths.existingConfigurationFile, environment: environment)
    else { return nil }
    let installed = Installation.current().pluginFolders(environment: environment)
    return PluginInventory(
      configuration: configuration, named: pluginFolders,
      others: configuration.host.pluginPaths + installed, stateFolder: paths.stateDirectory,
      runtimeFolder: paths.runtimeDirectory)
  }
}

/// Why there is no bundle: one sentence with the remedy.
public struct SupportExportFailure: Error, CustomStringConvertible {
  /// The sentence.
  public let description: String

  /// A failure.
  public init(_ description: String) { self.description = description }
}
