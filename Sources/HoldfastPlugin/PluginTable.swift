public import CHoldfast
internal import Glibc

/// What `hf_plugin_main` of a Swift plugin returns. A plugin is a class and these lines:
///
///     private let table = PluginTable(Notes.self, events: [.prefetchRequested])
///
///     @c(hf_plugin_main) @implementation
///     public func hf_plugin_main(
///       _ host: UnsafePointer<hf_host_t>
///     ) -> UnsafePointer<hf_plugin_t>? { table.address }
///
/// together with a C file that holds the note, since Swift cannot write one.
///
/// `@unchecked Sendable` is safe: what `address` points to is constant and never freed.
public struct PluginTable: @unchecked Sendable {
  /// The table, valid for the life of the process.
  public let address: UnsafePointer<hf_plugin_t>

  /// Describes the one plugin of this library; the note must say the same.
  /// - Parameters:
  ///   - type: the class that the host gets instances of.
  ///   - events: what `handle` wants; of a memory provider, prefetches go to `prefetch`.
  ///   - concurrency: how many calls the class can take at a time.
  public init<Kind: Plugin>(
    _ type: Kind.Type, events: EventKinds = [], concurrency: Concurrency = .instance
  ) {
    Instance.make = { host, configuration in
      try type.init(host: host, configuration: configuration)
    }
    let size = MemoryLayout<hf_plugin_t>.size
    let plugin = zeroed(size).assumingMemoryBound(to: hf_plugin_t.self)
    plugin.pointee.size = UInt32(size)
    plugin.pointee.abi_major = UInt32(HF_ABI_MAJOR)
    plugin.pointee.abi_minor = UInt32(HF_ABI_MINOR)
    plugin.pointee.concurrency = concurrency.rawValue
    plugin.pointee.events = events.rawValue
    plugin.pointee.create = { @Sendable host, config, this in
      Instance.create(host, config, this)
    }
    plugin.pointee.destroy = { @Sendable this in Instance.destroy(this) }
    plugin.pointee.event = { @Sendable this, event in Instance.handle(this, event) }
    plugin.pointee.on_cancel = { @Sendable this, operation in Instance.cancel(this, operation) }
    plugin.pointee.query = { @Sendable this, id in Instance.table(this, id) }
    address = UnsafePointer(plugin)
  }
}

/// Zeroed memory that is never freed. Its size is given in bytes, by a caller that knows the type:
/// the size that generic code sees comes from metadata that all plugins of a process share by name.
func zeroed(_ bytes: Int) -> UnsafeMutableRawPointer {
  guard let memory = calloc(1, bytes) else { fatalError("no memory for the plugin's table") }
  return memory
}

/// What the host holds as `self` of an instance.
final class Instance {
  let host: PluginHost
  let plugin: any Plugin

  /// `nonisolated(unsafe)` is safe: a library has one table, made once, and no instance is made
  /// before `hf_plugin_main` has returned it.
  nonisolated(unsafe) static var make: (PluginHost, Configuration) throws -> any Plugin = { _, _ in
    throw PluginError.refused("the plugin has no table")
  }

  init(host: PluginHost, plugin: any Plugin) {
    self.host = host
    self.plugin = plugin
  }

  /// Runs a call of the host; what it throws becomes a status and an explanation.
  static func run(_ host: PluginHost, _ body: () throws -> Status) -> Int32 {
    do {
      return try body().rawValue
    } catch let error as PluginError {
      host.explain(error.reason)
      return error.status.rawValue
    } catch {
      host.explain(String(describing: error))
      return Status.failed.rawValue
    }
  }

  static func call(
    _ this: UnsafeMutableRawPointer?, _ body: (Instance) throws -> Status
  ) -> Int32 {
    guard let this else { return HF_E_ARGUMENT }
    let instance = Unmanaged<Instance>.fromOpaque(this).takeUnretainedValue()
    return run(instance.host) { try body(instance) }
  }

  static func create(
    _ host: UnsafePointer<hf_host_t>, _ config: UnsafePointer<hf_config_t>,
    _ this: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) -> Int32 {
    let host = PluginHost(host)
    return run(host) {
      let plugin = try make(host, Configuration(config))
      this.pointee = Unmanaged.passRetained(Instance(host: host, plugin: plugin)).toOpaque()
      return .ok
    }
  }

  static func destroy(_ this: UnsafeMutableRawPointer?) {
    guard let this else { return }
    Unmanaged<Instance>.fromOpaque(this).takeRetainedValue().plugin.stop()
  }

  static func handle(
    _ this: UnsafeMutableRawPointer?, _ event: UnsafePointer<hf_event_t>
  ) -> Int32 {
    call(this) { instance in
      if event.pointee.kind == HF_EVENT_PREFETCH_REQUESTED, instance.remembers {
        let start = UnsafeRawPointer(event)
        return try instance.prefetch(start.assumingMemoryBound(to: hf_event_prefetch_t.self))
      }
      try instance.plugin.handle(Event(event))
      if event.pointee.kind == HF_EVENT_SESSION_COMPACTING, event.pointee.op != 0,
        let provider = instance.plugin as? any MemoryProvider,
        let text = try provider.textToKeep(Head(event))
      {
        instance.host.complete(event.pointee.op, .ok, text)
        return .pending
      }
      return .ok
    }
  }

  static func cancel(_ this: UnsafeMutableRawPointer?, _ operation: UInt64) {
    guard let this else { return }
    let instance = Unmanaged<Instance>.fromOpaque(this).takeUnretainedValue()
    if let provider = instance.plugin as? any AsynchronousMemoryProvider {
      provider.cancel(operation)
    } else {
      (instance.plugin as? any AsynchronousToolProvider)?.cancel(operation)
    }
  }

  var remembers: Bool {
    plugin is any MemoryProvider || plugin is any AsynchronousMemoryProvider
  }

  static func table(_ this: UnsafeMutableRawPointer?, _ id: hf_str_t) -> UnsafeRawPointer? {
    guard let this else { return nil }
    let instance = Unmanaged<Instance>.fromOpaque(this).takeUnretainedValue()
    let asked = string(id)
    if asked == HF_MEMORY_ID, instance.remembers { return MemoryTable.address }
    if asked == HF_TOOLS_ID, instance.hasTools { return ToolsTable.address }
    return nil
  }
}
