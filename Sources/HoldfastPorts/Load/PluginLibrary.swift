import CHoldfast
import CShims
import Glibc
import HoldfastCore

/// A library that was checked and loaded, for good: libraries are never unloaded.
struct PluginLibrary: Sendable {
  typealias Entry =
    @convention(c) (UnsafePointer<hf_host_t>) -> UnsafePointer<hf_plugin_t>?

  let file: String
  let note: PluginNote
  let entry: Entry

  /// Checks the file, copies it to the store, compares it with its pin and loads the copy, which is
  /// a call of the plugin's: its constructors run.
  static func load(
    _ start: PluginStart, _ place: PluginPlace, _ frame: CallFrame
  ) throws(PluginFault) -> PluginLibrary {
    let file = try TrustedFile(path: start.file)
    let inspection = PluginInspector.inspect(file.content, file: start.file)
    if let fault = inspection.faults.first { throw fault }
    guard let note = inspection.note else {
      throw PluginFault(.mismatch, "\(start.file) has no note that can be read; build it again")
    }
    try check(start, note, inspection)
    let bundle = try PluginStore.bundle(file, inspection)
    try place.pin(start, note, bundle.digest)
    let copy = try place.store.add(bundle)
    tellCrashHandler(copy, start.instance)
    let entry = try LoaderTurn.shared.take(start.instance) { () throws(PluginFault) in
      frame.enter(.load)
      defer { frame.leave() }
      return try open(copy, start.file)
    }
    return PluginLibrary(file: start.file, note: note, entry: entry)
  }

  /// What lies beside the copy is this plugin's too.
  private static func tellCrashHandler(_ copy: String, _ instance: InstanceID) {
    guard let folder = realpath(folderName(copy), nil) else { return }
    cshims_crash_library(folder, instance.description)
    free(folder)
  }

  private static func check(
    _ start: PluginStart, _ note: PluginNote, _ inspection: PluginInspection
  ) throws(PluginFault) {
    if let id = start.id, id != note.id {
      throw PluginFault(
        .mismatch,
        "\(start.file) is the plugin \(note.id), not \(id); correct `plugin` or `path` of "
          + "[plugins.\(start.instance)]")
    }
    if let hash = start.sha256, hash != inspection.sha256 {
      throw PluginFault(
        .changed,
        "\(start.file) is not the file that [plugins.\(start.instance)] asks for: sha256 \(hash) "
          + "is asked for, \(inspection.sha256) is there; correct `sha256` or the file")
    }
  }

  private static func open(_ copy: String, _ file: String) throws(PluginFault) -> Entry {
    guard let handle = dlopen(copy, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
      throw linkFault(file)
    }
    guard let symbol = dlsym(handle, PluginInspector.entry) else {
      throw PluginFault(
        .noEntry, "\(file) does not export \(PluginInspector.entry); define it, and do not hide it")
    }
    return unsafeBitCast(symbol, to: Entry.self)
  }

  private static func linkFault(_ file: String) -> PluginFault {
    let reason = dlerror().map { String(cString: $0) } ?? "no reason was given"
    let parts = reason.split(separator: ":", maxSplits: 1)
    if reason.contains("cannot open shared object file"), let name = parts.first {
      return PluginFault(
        .dependency,
        "\(file) needs \(name), which is not there; install it or put it beside the plugin")
    }
    let why = parts.last.map { singleLine(String($0.drop { $0 == " " })) } ?? reason
    return PluginFault(
      .dependency, "\(file) cannot be linked: \(why); build it on this system, with all it needs")
  }
}

/// Where a host keeps what it knows of plugins, and whom it tells.
struct PluginPlace: Sendable {
  let store: PluginStore
  let pins: PluginPins
  /// Plugins below it belong to the installation; nil: none do.
  let prefix: String?
  let log: @Sendable (InstanceID, PluginLogLevel, String) -> Void

  /// Compares the content with its pin, unless the configuration names the content itself.
  func pin(_ start: PluginStart, _ note: PluginNote, _ digest: String) throws(PluginFault) {
    guard start.sha256 == nil else { return }
    let pin = PluginPins.Pin(
      instance: start.instance, id: note.id, sha256: digest, version: note.version)
    switch try pins.check(pin, mayChange: start.autoReload || isInstalled(start.file)) {
    case .same: break
    case .pinned:
      log(
        start.instance, .info,
        "pinned \(note.id) \(note.version) as found: \(start.file), sha256 \(digest)")
    case .pinnedAgain(let former):
      log(
        start.instance, .warning,
        "pinned \(note.id) \(note.version) again: \(start.file) changed from sha256 \(former) to "
          + digest)
    }
  }

  private func isInstalled(_ file: String) -> Bool {
    guard let prefix, let real = realpath(file, nil) else { return false }
    defer { free(real) }
    return String(cString: real).hasPrefix(prefix.hasSuffix("/") ? prefix : prefix + "/")
  }
}
