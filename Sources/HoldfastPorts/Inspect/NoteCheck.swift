import CHoldfast
import HoldfastCore

/// What a note says that this host cannot do.
enum NoteCheck {
  private static let kinds: Set<String> = ["memory", "channel", "model", "tools"]

  static func check(_ note: PluginNote, _ found: inout PluginInspection) {
    checkABI(note, &found)
    for kind in note.kinds where !kinds.contains(kind) {
      found.add(
        .mismatch, "has a note with the unknown kind \"\(singleLine(kind))\"; correct the note")
    }
    for event in note.events where EventKind(note: event) == nil {
      found.add(
        .mismatch,
        "has a note with the unknown event \"\(singleLine(event))\"; correct the note, or use a "
          + "host that knows it")
    }
    if PluginConcurrency(note: note.concurrency) == nil {
      found.add(
        .mismatch,
        "has a note with the unknown concurrency \"\(singleLine(note.concurrency))\"; it is one of "
          + "instance, read-write, session, affine")
    }
    let missing = note.requires.filter { !HostTable.services.contains($0) }
    if !missing.isEmpty {
      let list = missing.map(singleLine).joined(separator: ", ")
      found.add(.requirement, "requires \(list), which this host does not offer; use a newer host")
    }
  }

  /// The major version must be the host's; "1" counts as "1.0".
  private static func checkABI(_ note: PluginNote, _ found: inout PluginInspection) {
    let parts = note.abi.split(separator: ".", omittingEmptySubsequences: false).map { UInt32($0) }
    guard let first = parts.first, let major = first, parts.count <= 2, !parts.contains(nil) else {
      found.add(
        .mismatch,
        "has a note with the abi \"\(singleLine(note.abi))\"; write the header's version, "
          + "such as \"\(HF_ABI_MAJOR).\(HF_ABI_MINOR)\"")
      return
    }
    if major != HF_ABI_MAJOR { found.add(.abi, abiText(major, parts.last.flatMap { $0 } ?? 0)) }
  }

  static func abiText(_ major: UInt32, _ minor: UInt32) -> String {
    "was built with header \(major).\(minor), and this host has \(HF_ABI_MAJOR).\(HF_ABI_MINOR); "
      + "build it with a header \(HF_ABI_MAJOR).x"
  }
}
