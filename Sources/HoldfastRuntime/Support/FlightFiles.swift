internal import Glibc
internal import HoldfastCore

/// Where flight recorders lie in a state folder.
struct FlightFiles {
  /// That of the host that runs, or ran last.
  let path: String
  /// That of a host that did not end in an orderly way, until a bundle tells of it.
  let former: String

  init(stateFolder: String) {
    path = stateFolder + "/recorder"
    former = path + ".former"
  }

  /// Puts the last host's recorder aside if that host did not end in an orderly way. Only for the
  /// host that holds the state's lock, before it makes its own.
  func putAside() {
    // The records are of interest only to whoever tells of them; a start is not to wait for that.
    guard let ring = Self.read(path, limit: FlightRing.headerSize - 1),
      ring.header.ending == .none || ring.header.ending == .gaveUp
    else { return }
    rename(path, former)
  }

  /// Whether a recorder was put aside.
  var isAnyAside: Bool { access(former, F_OK) == 0 }

  /// The recorder that was put aside, nil if there is none.
  var aside: FlightRing? { Self.read(former) }

  /// The bundle is written.
  func forgetAside() { unlink(former) }

  /// What a recorder's file holds; nil if there is none, or it is none.
  static func read(_ path: String, limit: Int = FlightRing.fileSize) -> FlightRing? {
    // One byte more than the limit is read.
    guard let bytes = try? ConfigurationFile.read(path, limit: limit) else { return nil }
    return FlightRing(bytes)
  }
}
