import CHoldfast
import HoldfastCore

/// Makes an instance from a loaded library, on the instance's own thread.
struct InstanceMaker {
  let start: PluginStart
  let bridge: HostBridge
  let frame: CallFrame

  /// Calls the entry and `create`, and asks for the extensions. What was created is destroyed again
  /// if it then turns out not to be what the note announced.
  func make(_ library: PluginLibrary) throws(PluginFault) -> PluginTable {
    let host = HostTable(bridge).pointer
    let check = TableCheck(file: library.file, note: library.note)
    frame.enter(.entry)
    let pointer = library.entry(host)
    frame.leave()
    var table = try check.table(pointer, frame.takeExplanation())
    table.owner = try create(table, host, library)
    do throws(PluginFault) {
      return try check.extensions(of: table) { query($0, table) }
    } catch {
      frame.enter(.destroy)
      table.plugin.pointee.destroy(table.owner)
      frame.leave()
      throw error
    }
  }

  private func query(_ id: String, _ table: PluginTable) -> UnsafeRawPointer? {
    guard let query = table.plugin.pointee.query else { return nil }
    let arena = CallArena()
    let text = arena.text(id)
    frame.enter(.query)
    defer { frame.leave() }
    return query(table.owner, text)
  }

  private func create(
    _ table: PluginTable, _ host: UnsafePointer<hf_host_t>, _ library: PluginLibrary
  ) throws(PluginFault) -> UnsafeMutableRawPointer? {
    for folder in [start.stateFolder, start.runtimeFolder] where !makePrivateFolder(folder) {
      throw PluginFault(
        .create,
        "plugin \(start.instance) cannot have the folder \(folder): \(systemReason()); make the "
          + "folder above it writable")
    }
    let arena = CallArena()
    let configuration = configuration(arena)
    var owner: UnsafeMutableRawPointer?
    frame.enter(.create)
    let status = PluginStatus(rawValue: table.plugin.pointee.create(host, configuration, &owner))
    frame.leave()
    let why = frame.takeExplanation()
    if status == .ok { return owner }
    throw PluginFault(
      .create,
      "plugin \(start.instance) (\(library.file)) could not start: "
        + (why.isEmpty ? "its create returned \(status.label) without a word" : why))
  }

  private func configuration(_ arena: CallArena) -> UnsafePointer<hf_config_t> {
    let config = arena.make(hf_config_t.self)
    let pairs = start.configuration.pairs
    config.pointee.size = UInt32(MemoryLayout<hf_config_t>.size)
    config.pointee.instance = arena.text(start.instance.description)
    config.pointee.json = arena.text(start.configuration.json)
    config.pointee.pairs = arena.pairs(pairs.map { (key: $0.key, value: $0.text) })
    config.pointee.pair_count = UInt64(pairs.count)
    config.pointee.state_dir = arena.text(start.stateFolder)
    config.pointee.runtime_dir = arena.text(start.runtimeFolder)
    return UnsafePointer(config)
  }
}

extension PluginStatus {
  /// As the header names it, such as `HF_E_FAILED`.
  var label: String {
    let names = [
      "HF_PENDING", "HF_OK", "HF_E_ARGUMENT", "HF_E_UNSUPPORTED", "HF_E_STALE", "HF_E_BUSY",
      "HF_E_TIMEOUT", "HF_E_CANCELLED", "HF_E_FAILED", "HF_E_REFUSED", "HF_E_CRASHED",
      "HF_E_TOO_LARGE", "HF_E_MALFORMED", "HF_E_DUPLICATE", "HF_E_DENIED", "HF_E_STOPPING",
      "HF_E_NOT_FOUND", "HF_E_UNKNOWN",
    ]
    let place = 1 - Int(rawValue)
    return names.indices.contains(place) ? names[place] : "status \(rawValue)"
  }
}
