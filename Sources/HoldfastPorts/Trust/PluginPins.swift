import Glibc
public import HoldfastCore

/// Which content each instance was enabled with: `plugins.lock` in the state folder, one line per
/// instance. Read anew for every question, since the command line writes it too.
public struct PluginPins: Sendable {
  /// One line.
  public struct Pin: Sendable, Equatable {
    /// The instance.
    public var instance: InstanceID
    /// Id of its plugin.
    public var id: String
    /// The content, with the libraries beside it; empty while the instance is disabled.
    public var sha256: String
    /// Version of its plugin, for people.
    public var version: String

    /// A pin.
    public init(instance: InstanceID, id: String, sha256: String, version: String) {
      self.instance = instance
      self.id = id
      self.sha256 = sha256
      self.version = version
    }

    /// Whether a person has switched the instance off.
    public var isDisabled: Bool { sha256.isEmpty }
  }

  /// What a check found.
  public enum Decision: Sendable, Equatable {
    /// The content is the one that was enabled.
    case same
    /// Nothing was pinned; it is now.
    case pinned
    /// The content changed, which this plugin may do; the hash before that.
    case pinnedAgain(former: String)
  }

  /// The file.
  public let path: String

  /// The pins of a state folder.
  public init(stateFolder: String) { path = stateFolder + "/plugins.lock" }

  /// All pins, in the order of the file.
  public func load() throws(PluginFault) -> [Pin] {
    guard let file = Descriptor(path: path, flags: O_RDONLY), let status = file.status() else {
      if errno == ENOENT { return [] }
      throw unreadable(systemReason())
    }
    guard let bytes = file.contents(size: Int(status.st_size), limit: 1 << 20) else {
      throw unreadable("it is too large")
    }
    // With every plugin that is loaded the lines of all of them are read: bytes, not characters.
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var pins: [Pin] = []
    pins.reserveCapacity(lines.count)
    for (place, line) in lines.enumerated() {
      // An editor may have ended it with a carriage return.
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard let first = line.first, first != UInt8(ascii: "#") else { continue }
      guard let pin = Pin(line: line) else {
        throw unreadable("line \(place + 1) is not of the form `instance id sha256 version`")
      }
      pins.append(pin)
    }
    return pins
  }

  /// Compares what is about to be loaded with what was enabled. `mayChange` is for plugins of the
  /// installation itself and for those with `auto_reload`.
  public func check(_ found: Pin, mayChange: Bool) throws(PluginFault) -> Decision {
    try locked { () throws(PluginFault) in
      let pins = try load()
      guard let pin = pins.first(where: { $0.instance == found.instance }) else {
        try save(pins + [found])
        return .pinned
      }
      guard !pin.isDisabled else {
        throw PluginFault(
          .changed,
          "plugin \(found.instance) is disabled; run `holdfast plugin enable \(found.instance)`")
      }
      if pin.sha256 == found.sha256 && pin.id == found.id { return .same }
      guard mayChange else { throw changed(pin, found) }
      try save(pins.map { $0.instance == found.instance ? found : $0 })
      return .pinnedAgain(former: pin.sha256)
    }
  }

  /// Pins what a person has looked at.
  public func enable(_ pin: Pin) throws(PluginFault) {
    try locked { () throws(PluginFault) in
      try save(try load().filter { $0.instance != pin.instance } + [pin])
    }
  }

  /// Switches an instance off until it is enabled again.
  public func disable(_ instance: InstanceID) throws(PluginFault) {
    try locked { () throws(PluginFault) in
      let pins = try load()
      let former = pins.first { $0.instance == instance }
      let pin = Pin(
        instance: instance, id: former?.id ?? "", sha256: "", version: former?.version ?? "")
      try save(pins.filter { $0.instance != instance } + [pin])
    }
  }

  /// Whether a person has switched the instance off.
  public func isDisabled(_ instance: InstanceID) throws(PluginFault) -> Bool {
    try load().contains { $0.instance == instance && $0.isDisabled }
  }

  private func changed(_ pin: Pin, _ found: Pin) -> PluginFault {
    PluginFault(
      .changed,
      "plugin \(found.instance) is not the file that was enabled: sha256 \(pin.sha256) was, "
        + "\(found.sha256) is; if you changed it, run `holdfast plugin enable \(found.instance)`")
  }

  /// Writes all pins; the file is replaced as a whole.
  private func save(_ pins: [Pin]) throws(PluginFault) {
    let head =
      "# instance id sha256 version; written by `holdfast plugin enable` and at first use\n"
    let text = head + pins.map { $0.line + "\n" }.joined()
    guard replaceFile(path, with: Array(text.utf8), mode: 0o600) else {
      throw PluginFault(
        .missing, "\(path) cannot be written: \(systemReason()); make its folder writable")
    }
  }

  /// One reader and writer at a time, over all processes.
  private func locked<Result>(
    _ body: () throws(PluginFault) -> Result
  ) throws(PluginFault) -> Result {
    let folder = folderName(path)
    guard makePrivateFolder(folder),
      let guardian = Descriptor(path: folder, flags: O_RDONLY | O_DIRECTORY)
    else { throw unreadable(systemReason()) }
    while flock(guardian.number, LOCK_EX) != 0 && errno == EINTR {}
    let result = try body()
    flock(guardian.number, LOCK_UN)
    return result
  }

  private func unreadable(_ reason: String) -> PluginFault {
    PluginFault(
      .changed, "\(path) cannot be read: \(reason); correct it, or remove it to pin all anew")
  }
}

extension PluginPins.Pin {
  private static let none = "-"

  init?(line: ArraySlice<UInt8>) {
    let words = line.split(separator: UInt8(ascii: " "))
    guard words.count == 4 else { return nil }
    let texts = words.map { String(decoding: $0, as: UTF8.self) }
    guard let instance = percentDecoded(texts[0]), let id = percentDecoded(texts[1]),
      let version = percentDecoded(texts[3])
    else { return nil }
    let isHash = words[2].count == 64 && words[2].allSatisfy(Self.isHexadecimal)
    guard isHash || texts[2] == "disabled" else { return nil }
    self.init(
      instance: InstanceID(instance), id: id == Self.none ? "" : id,
      sha256: isHash ? texts[2] : "", version: version == Self.none ? "" : version)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }

  var line: String {
    let texts = [id, version].map { $0.isEmpty ? Self.none : percentEncoded($0) }
    let hash = isDisabled ? "disabled" : sha256
    return "\(percentEncoded(instance.description)) \(texts[0]) \(hash) \(texts[1])"
  }
}
