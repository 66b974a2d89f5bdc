internal import HoldfastCore
internal import HoldfastPorts
internal import HoldfastThreads

/// A plugin whose threads are looked at.
struct WatchedPlugin: Sendable {
  let instance: InstanceID
  let port: any PluginPort
  /// Processor time of the ports that its instance had before.
  let former: Duration
}

/// Knows every plugin's port. Files are looked at on a thread of its own, so that neither the rules
/// nor another plugin ever wait for a disk.
///
/// An instance may be started again while its former port is still in a `create` that nobody waits
/// for. Each start has a number, and what a former port still reports is not passed on.
final class PluginHouse: @unchecked Sendable {
  // Safe: everything that changes is used under `monitor`, `starts` under `numbering`, and `thread`
  // only by whoever starts and ends the house.
  private let monitor = Monitor()
  private var ports: [InstanceID: any PluginPort] = [:] { didSet { listed = nil } }
  /// Processor time of ports that made room for others.
  private var former: [InstanceID: Duration] = [:]
  private var listed: [WatchedPlugin]?
  private let numbering = Monitor()
  private var starts: [InstanceID: UInt64] = [:]
  private var waiting: [InstanceID] = []
  private var isOver = false
  private var thread: NamedThread?
  private let inventory: PluginInventory
  private let makeLoader: LoaderMaker
  private let report: Report

  typealias Report = @Sendable (InstanceID, PluginReport) -> Void
  /// Makes what loads one start of a plugin.
  typealias LoaderMaker = @Sendable (@escaping Report) -> PluginLoader

  init(
    inventory: PluginInventory, makeLoader: @escaping LoaderMaker, report: @escaping Report
  ) {
    self.inventory = inventory
    self.makeLoader = makeLoader
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

  /// Destroys an instance, or sees to it that it is not made.
  func destroy(_ instance: InstanceID) {
    let port = monitor.withLock { () -> (any PluginPort)? in
      if let place = waiting.firstIndex(of: instance) {
        waiting.remove(at: place)
        return nil
      }
      return ports[instance]
    }
    if let port { port.destroy() } else { report(instance, .destroyed) }
  }

  func port(of instance: InstanceID) -> (any PluginPort)? {
    monitor.withLock { ports[instance] }
  }

  /// Every port, in the order of the instances' names.
  var watched: [WatchedPlugin] {
    monitor.withLock {
      if let listed { return listed }
      let found = ports.sorted { $0.key < $1.key }.map {
        WatchedPlugin(instance: $0.key, port: $0.value, former: former[$0.key] ?? .zero)
      }
      listed = found
      return found
    }
  }

  private func run() {
    while let instance = next() {
      do throws(PluginFault) {
        let start = try inventory.start(of: instance)
        // A report may come before the port is known; whoever then asks for it waits for this lock.
        monitor.withLock {
          if let port = ports[instance] { former[instance, default: .zero] += port.processorTime }
          ports[instance] = nextLoader(of: instance).start(start)
        }
      } catch {
        report(instance, .failed(error))
      }
    }
  }

  private func nextLoader(of instance: InstanceID) -> PluginLoader {
    let number = numbering.withLock { () -> UInt64 in
      let number = (starts[instance] ?? 0) + 1
      starts[instance] = number
      return number
    }
    return makeLoader { [self] instance, body in
      if numbering.withLock({ starts[instance] == number }) { report(instance, body) }
    }
  }

  private func next() -> InstanceID? {
    monitor.withLock {
      while waiting.isEmpty, !isOver { monitor.wait() }
      return isOver ? nil : waiting.removeFirst()
    }
  }
}
