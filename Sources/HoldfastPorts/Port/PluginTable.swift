import CHoldfast
import HoldfastCore

/// A plugin's table with its extensions, after they were checked: a function that must be there is.
struct PluginTable: @unchecked Sendable {
  // Safe to share: the plugin keeps its tables constant for the life of the process, and `owner` is
  // only handed back to it.
  let plugin: UnsafePointer<hf_plugin_t>
  var owner: UnsafeMutableRawPointer?
  var memory: UnsafePointer<hf_memory_t>?
  var channel: UnsafePointer<hf_channel_t>?
  var model: UnsafePointer<hf_model_t>?
  var modelTools: UnsafePointer<hf_model_tools_t>?
  var tools: UnsafePointer<hf_tools_t>?

  init(_ plugin: UnsafePointer<hf_plugin_t>) { self.plugin = plugin }

  var events: EventKind { EventKind(rawValue: plugin.pointee.events) }

  var concurrency: PluginConcurrency? { PluginConcurrency(rawValue: plugin.pointee.concurrency) }

  var traits: PluginTraits {
    var traits = PluginTraits()
    traits.events = plugin.pointee.event == nil ? [] : events
    if let memory {
      traits.isMemory = true
      traits.canWithdraw = memory.pointee.withdraw != nil
      traits.canRecall = memory.pointee.recall != nil
      traits.hasInstructions = memory.pointee.instructions != nil
      traits.concurrentSessions = concurrency == .session ? PortLimits.sessions : 1
    }
    traits.isModel = model != nil
    traits.callsTools = modelTools != nil
    traits.hasTools = tools != nil
    if let channel {
      var limits = ChannelTraits()
      limits.unit = ChannelTraits.Unit(rawValue: channel.pointee.unit) ?? .bytes
      limits.maxLength = Int(clamping: channel.pointee.max_length)
      traits.channel = limits
    }
    return traits
  }
}

/// How many callbacks of one instance may run at a time.
public enum PluginConcurrency: UInt32, Sendable {
  /// One.
  case instance = 0
  /// One that writes beside one that reads.
  case readWrite = 1
  /// One per session, of at most `PortLimits.sessions` at a time; of `PortLimits.pendingSessions`
  /// while batches are answered later.
  case session = 2
  /// One, always on the same thread.
  case affine = 3

  /// As a note spells it; nil for anything else.
  public init?(note: String) {
    switch note {
    case "instance", "": self = .instance
    case "read-write": self = .readWrite
    case "session": self = .session
    case "affine": self = .affine
    default: return nil
    }
  }

  /// As a note spells it.
  public var note: String {
    switch self {
    case .instance: "instance"
    case .readWrite: "read-write"
    case .session: "session"
    case .affine: "affine"
    }
  }
}

/// Reads a table field that must be a function but, coming from a plugin, may be null; the imported
/// type cannot say so.
func isNull<Table>(_ table: UnsafePointer<Table>, _ field: PartialKeyPath<Table>) -> Bool {
  guard let offset = MemoryLayout<Table>.offset(of: field) else { return true }
  return UnsafeRawPointer(table).load(fromByteOffset: offset, as: UInt.self) == 0
}
