internal import HoldfastCore
internal import HoldfastPorts
internal import HoldfastThreads

/// Knows every plugin's file and port. Files are looked at on a thread of its own, so that neither
/// the rules nor another plugin ever wait for a disk.
final class PluginHouse: @unchecked Sendable {
  // Safe: `ports`, `files` and `isOver` are used under the monitor's lock.
  private let monitor = Monitor()
  private var ports: [InstanceID: any PluginPort] = [:]
  private var waiting: [InstanceID] = []
  private var isOver = false
  private var thread: NamedThread?
  private let inventory: PluginInventory
  private let loader: PluginLoader
  private let report: @Sendable (InstanceID, PluginReport) -> Void

  init(
    inventory: PluginInventory, loader: PluginLoader,
    report: @escaping @Sendable (InstanceID, PluginReport) -> Void
  ) {
    self.inventory = inventory
    self.loader = loader
    self.report = report
  }

  func start() {
    thread = NamedThread("hf-loader") { [self] in run() }
  }

  /// Loads nothing more.
  func end() {
    monitor.withLock { isOver = true }
    monitor.wakeAll()
    thread?.join()
  }

  /// Loads a plugin; what comes of it is reported.
  func load(_ instance: InstanceID) {
    monitor.withLock { waiting.append(instance) }
    monitor.wakeAll()
  }

  func port(of instance: InstanceID) -> (any PluginPort)? {
    monitor.withLock { ports[instance] }
  }

  private func run() {
    while let instance = next() {
      do throws(PluginFault) {
        let start = try inventory.start(of: instance)
        // A report may come before the port is known; it then finds the port by waiting for this
        // lock.
        monitor.withLock { ports[instance] = loader.start(start) }
      } catch {
        report(instance, .failed(error))
      }
    }
  }

  private func next() -> InstanceID? {
    monitor.withLock {
      while waiting.isEmpty, !isOver { monitor.wait() }
      return isOver ? nil : waiting.removeFirst()
    }
  }
}
