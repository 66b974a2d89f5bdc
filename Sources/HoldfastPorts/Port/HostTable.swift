import CHoldfast
import CShims
import HoldfastCore

/// The host's table for one instance, with the tables of its services. Never freed, like the bridge
/// behind it: some hundred bytes for each start of a plugin.
struct HostTable: @unchecked Sendable {
  // Safe to share: written once, here, before any plugin sees it.
  let pointer: UnsafePointer<hf_host_t>

  /// Extensions that plugins may require of this host.
  static let services: Set<String> = [
    HF_HOST_MEMORY_ID, HF_HOST_CHANNEL_ID, HF_HOST_MODEL_ID, HF_HOST_MODEL_TOOLS_ID,
    HF_HOST_TOOLS_ID, HF_HOST_ACTIVITY_ID,
  ]

  init(_ bridge: HostBridge) {
    let table = zeroed(hf_host_t.self)
    table.pointee.size = UInt32(MemoryLayout<hf_host_t>.size)
    table.pointee.abi_major = HF_ABI_MAJOR
    table.pointee.abi_minor = HF_ABI_MINOR
    table.pointee.ctx = Unmanaged.passRetained(bridge).toOpaque()
    table.pointee.complete = { @Sendable context, operation, status, text in
      hostBridge(context)?.complete(operation, status, text).rawValue ?? HF_E_ARGUMENT
    }
    table.pointee.wanted = { @Sendable context, operation in
      hostBridge(context)?.operations.wanted(OperationID(operation)).rawValue ?? HF_E_ARGUMENT
    }
    table.pointee.explain = { @Sendable context, text in
      hostBridge(context)?.explain(text).rawValue ?? HF_E_ARGUMENT
    }
    table.pointee.log = { @Sendable context, level, text in
      hostBridge(context)?.log(level, text).rawValue ?? HF_E_ARGUMENT
    }
    table.pointee.now_ns = { @Sendable _ in cshims_monotonic_ns() }
    table.pointee.service = { @Sendable _, id in service(id) }
    pointer = UnsafePointer(table)
  }
}

private func hostBridge(_ context: UnsafeMutableRawPointer?) -> HostBridge? {
  guard let context else { return nil }
  return Unmanaged<HostBridge>.fromOpaque(context).takeUnretainedValue()
}

private func zeroed<Table>(_ type: Table.Type) -> UnsafeMutablePointer<Table> {
  let memory = UnsafeMutableRawPointer.allocate(
    byteCount: MemoryLayout<Table>.size, alignment: MemoryLayout<Table>.alignment)
  memory.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<Table>.size)
  return memory.bindMemory(to: Table.self, capacity: 1)
}

private func service(_ id: hf_str_t) -> UnsafeRawPointer? {
  guard id.len <= UInt64(PortLimits.name), let name = id.string else { return nil }
  return switch name {
  case HF_HOST_MEMORY_ID: services.memory
  case HF_HOST_CHANNEL_ID: services.channel
  case HF_HOST_MODEL_ID: services.model
  case HF_HOST_MODEL_TOOLS_ID: services.modelTools
  case HF_HOST_TOOLS_ID: services.tools
  case HF_HOST_ACTIVITY_ID: services.activity
  default: nil
  }
}

/// The services' tables; the same for every instance, which its context tells apart.
private struct Services: @unchecked Sendable {
  // Safe to share: written once, when first used, and constant from then on.
  let memory: UnsafeRawPointer
  let channel: UnsafeRawPointer
  let model: UnsafeRawPointer
  let modelTools: UnsafeRawPointer
  let tools: UnsafeRawPointer
  let activity: UnsafeRawPointer

  init() {
    let memory = zeroed(hf_host_memory_t.self)
    memory.pointee.size = UInt32(MemoryLayout<hf_host_memory_t>.size)
    memory.pointee.recall_item = { @Sendable context, operation, item in
      hostBridge(context)?.add(item, to: operation).rawValue ?? HF_E_ARGUMENT
    }
    self.memory = UnsafeRawPointer(memory)

    let channel = zeroed(hf_host_channel_t.self)
    channel.pointee.size = UInt32(MemoryLayout<hf_host_channel_t>.size)
    channel.pointee.receive = { @Sendable context, message in
      hostBridge(context)?.receive(message).rawValue ?? HF_E_ARGUMENT
    }
    channel.pointee.health = { @Sendable context, account, health, reason in
      hostBridge(context)?.health(account, health, reason).rawValue ?? HF_E_ARGUMENT
    }
    self.channel = UnsafeRawPointer(channel)

    let model = zeroed(hf_host_model_t.self)
    model.pointee.size = UInt32(MemoryLayout<hf_host_model_t>.size)
    model.pointee.text = { @Sendable context, operation, piece in
      hostBridge(context)?.add(piece, to: operation).rawValue ?? HF_E_ARGUMENT
    }
    self.model = UnsafeRawPointer(model)
    (modelTools, tools) = (Self.makeModelTools(), Self.makeTools())
    activity = Self.makeActivity()
  }

  private static func makeModelTools() -> UnsafeRawPointer {
    let model = zeroed(hf_host_model_tools_t.self)
    model.pointee.size = UInt32(MemoryLayout<hf_host_model_tools_t>.size)
    model.pointee.call = { @Sendable context, operation, request in
      hostBridge(context)?.add(request, to: operation).rawValue ?? HF_E_ARGUMENT
    }
    return UnsafeRawPointer(model)
  }

  private static func makeActivity() -> UnsafeRawPointer {
    let activity = zeroed(hf_host_activity_t.self)
    activity.pointee.size = UInt32(MemoryLayout<hf_host_activity_t>.size)
    activity.pointee.begin = { @Sendable context, start, token in
      hostBridge(context)?.begin(start, token).rawValue ?? HF_E_ARGUMENT
    }
    activity.pointee.progress = { @Sendable context, token, reason in
      hostBridge(context)?.progress(token, reason).rawValue ?? HF_E_ARGUMENT
    }
    activity.pointee.end = { @Sendable context, token in
      hostBridge(context)?.end(token).rawValue ?? HF_E_ARGUMENT
    }
    return UnsafeRawPointer(activity)
  }

  private static func makeTools() -> UnsafeRawPointer {
    let tools = zeroed(hf_host_tools_t.self)
    tools.pointee.size = UInt32(MemoryLayout<hf_host_tools_t>.size)
    tools.pointee.tool = { @Sendable context, operation, tool in
      hostBridge(context)?.add(tool, to: operation).rawValue ?? HF_E_ARGUMENT
    }
    tools.pointee.result = { @Sendable context, operation, piece in
      hostBridge(context)?.add(piece, to: operation).rawValue ?? HF_E_ARGUMENT
    }
    tools.pointee.changed = { @Sendable context in
      hostBridge(context)?.toolsChanged().rawValue ?? HF_E_ARGUMENT
    }
    return UnsafeRawPointer(tools)
  }
}

private let services = Services()
