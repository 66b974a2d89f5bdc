import CHoldfast
import HoldfastCore

/// Compares what a plugin's table says with what the header asks for and the note announced.
struct TableCheck {
  let file: String
  let note: PluginNote

  func table(
    _ pointer: UnsafePointer<hf_plugin_t>?, _ explanation: String
  ) throws(PluginFault) -> PluginTable {
    guard let pointer else {
      let why = explanation.isEmpty ? "" : ": \(explanation)"
      throw fault(
        .nullTable, "refuses to be loaded: \(PluginInspector.entry) returned no table\(why)",
        "ask its author")
    }
    try checkSize(pointer)
    for (name, field) in Self.required where isNull(pointer, field) {
      throw fault(
        .nullTable, "has a table without the function \(name)", "set it as holdfast/plugin.h says")
    }
    try checkNote(pointer)
    return PluginTable(pointer)
  }

  private static var required: [(String, PartialKeyPath<hf_plugin_t>)] {
    [("create", \hf_plugin_t.create), ("destroy", \hf_plugin_t.destroy)]
  }

  private func checkSize(_ pointer: UnsafePointer<hf_plugin_t>) throws(PluginFault) {
    // What comes first is the same in every version, so that a foreign table can be told apart.
    let raw = UnsafeRawPointer(pointer)
    let size = raw.load(as: UInt32.self)
    if size >= 12 {
      let major = raw.load(fromByteOffset: 4, as: UInt32.self)
      guard major == HF_ABI_MAJOR else {
        let minor = raw.load(fromByteOffset: 8, as: UInt32.self)
        throw PluginFault(.abi, "\(file) \(NoteCheck.abiText(major, minor))")
      }
    }
    guard size >= UInt32(MemoryLayout<hf_plugin_t>.size) else {
      throw fault(
        .nullTable,
        "has a table of \(size) bytes instead of \(MemoryLayout<hf_plugin_t>.size)",
        "begin it with HF_PLUGIN_HEAD")
    }
  }

  private func checkNote(_ pointer: UnsafePointer<hf_plugin_t>) throws(PluginFault) {
    let table = pointer.pointee
    let noted = note.eventMask ?? []
    guard noted.rawValue == table.events else {
      let extra = EventKind(rawValue: table.events & ~noted.rawValue)
      let lacking = EventKind(rawValue: noted.rawValue & ~table.events)
      throw mismatch(
        "events", noted: names(lacking, of: noted),
        table: names(extra, of: EventKind(rawValue: table.events)))
    }
    guard PluginConcurrency(note: note.concurrency)?.rawValue == table.concurrency else {
      let name = PluginConcurrency(rawValue: table.concurrency)?.note ?? "\(table.concurrency)"
      throw mismatch("concurrency", noted: note.concurrency, table: name)
    }
    let abi = "\(table.abi_major).\(table.abi_minor)"
    guard note.abi == abi || (note.abi == "\(table.abi_major)" && table.abi_minor == 0) else {
      throw mismatch("abi", noted: note.abi, table: abi)
    }
  }

  private func names(_ difference: EventKind, of all: EventKind) -> String {
    if !difference.isEmpty {
      let names = difference.notes.joined(separator: ", ")
      return names.isEmpty ? "unknown bits \(difference.rawValue)" : names
    }
    return all.isEmpty ? "none" : "nothing beyond it"
  }

  private func mismatch(_ what: String, noted: String, table: String) -> PluginFault {
    fault(
      .mismatch, "says different things of its \(what): its note has \(noted), its table \(table)",
      "make the two agree")
  }

  private func fault(_ code: PluginFault.Code, _ what: String, _ remedy: String) -> PluginFault {
    PluginFault(code, "\(file) \(what); \(remedy)")
  }
}

extension TableCheck {
  /// The extensions that the plugin answers, checked like the table, and against the note's kinds.
  func extensions(
    of table: PluginTable, _ ask: (String) -> UnsafeRawPointer?
  ) throws(PluginFault) -> PluginTable {
    var full = table
    if let raw = try kind("memory", ask(HF_MEMORY_ID), MemoryLayout<hf_memory_t>.size) {
      let memory = raw.assumingMemoryBound(to: hf_memory_t.self)
      try checkFunctions("memory", memory, [("retain", \hf_memory_t.retain)])
      full.memory = memory
    }
    if let raw = try kind("channel", ask(HF_CHANNEL_ID), MemoryLayout<hf_channel_t>.size) {
      let channel = raw.assumingMemoryBound(to: hf_channel_t.self)
      try checkFunctions(
        "channel", channel,
        [
          ("start", \hf_channel_t.start), ("stop", \hf_channel_t.stop),
          ("send", \hf_channel_t.send), ("receipt", \hf_channel_t.receipt),
        ])
      full.channel = channel
    }
    if let raw = try kind("model", ask(HF_MODEL_ID), MemoryLayout<hf_model_t>.size) {
      let model = raw.assumingMemoryBound(to: hf_model_t.self)
      try checkFunctions("model", model, [("respond", \hf_model_t.respond)])
      full.model = model
      full.modelTools = try modelTools(ask(HF_MODEL_TOOLS_ID))
    }
    if let raw = try kind("tools", ask(HF_TOOLS_ID), MemoryLayout<hf_tools_t>.size) {
      let tools = raw.assumingMemoryBound(to: hf_tools_t.self)
      try checkFunctions("tools", tools, [("list", \hf_tools_t.list), ("call", \hf_tools_t.call)])
      full.tools = tools
    }
    return full
  }

  private func kind(
    _ name: String, _ raw: UnsafeRawPointer?, _ size: Int
  ) throws(PluginFault) -> UnsafeRawPointer? {
    let isNoted = note.kinds.contains(name)
    guard isNoted == (raw != nil) else {
      throw mismatch(
        "kinds", noted: isNoted ? name : "no \(name)",
        table: isNoted ? "answers no query for it" : "answers a query for it")
    }
    if let raw { try checkSize(name, raw, size) }
    return raw
  }

  private func checkSize(
    _ name: String, _ raw: UnsafeRawPointer, _ size: Int
  ) throws(PluginFault) {
    let found = raw.load(as: UInt32.self)
    guard found < UInt32(size) else { return }
    throw fault(
      .nullTable, "has a \(name) table of \(found) bytes instead of \(size)",
      "set its size with sizeof")
  }

  /// What a model may offer beside its kind.
  private func modelTools(
    _ raw: UnsafeRawPointer?
  ) throws(PluginFault) -> UnsafePointer<hf_model_tools_t>? {
    guard let raw else { return nil }
    try checkSize("model_tools", raw, MemoryLayout<hf_model_tools_t>.size)
    let model = raw.assumingMemoryBound(to: hf_model_tools_t.self)
    try checkFunctions("model_tools", model, [("respond", \hf_model_tools_t.respond)])
    return model
  }

  private func checkFunctions<Table>(
    _ kind: String, _ table: UnsafePointer<Table>, _ fields: [(String, PartialKeyPath<Table>)]
  ) throws(PluginFault) {
    for (name, field) in fields where isNull(table, field) {
      throw fault(
        .nullTable, "has a \(kind) table without the function \(name)",
        "set it as holdfast/ext/\(kind).h says")
    }
  }
}
