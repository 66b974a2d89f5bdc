import Glibc
public import HoldfastCore

/// A file that calls itself a library, in a folder where plugins are looked for.
public struct PluginCandidate: Sendable, Equatable {
  /// Absolute if the folder was.
  public var path: String
  /// What it is; nil if it could not be read.
  public var inspection: PluginInspection?
  /// Why it cannot be used, the weightiest first; empty if it can.
  public var faults: [PluginFault]

  /// Id of the plugin; nil if it says none.
  public var id: String? { inspection?.note?.id }

  /// Whether it is the file that its id stands for.
  public var isChosen: Bool { id != nil && !faults.contains { $0.code == .duplicate } }
}

/// Looks for plugins without running any.
public enum PluginScanner {
  private static let sizeLimit = 512 << 20

  /// All libraries of the folders, folder by folder and by name. Of several with one id the first
  /// stands for it; the others have the fault `duplicate`. Folders that do not exist are skipped,
  /// and so are libraries that are no plugins but are needed by one beside them.
  public static func scan(folders: [String]) -> [PluginCandidate] {
    var found: [PluginCandidate] = []
    var winners: [String: String] = [:]
    for folder in folders {
      for var candidate in candidates(in: folder) {
        if let id = candidate.id {
          if let winner = winners[id] {
            candidate.faults.append(duplicate(candidate.path, id, winner))
          } else {
            winners[id] = candidate.path
          }
        }
        found.append(candidate)
      }
    }
    return found
  }

  /// One file, wherever it lies.
  public static func examine(path: String) -> PluginCandidate {
    var candidate = PluginCandidate(path: path, faults: [])
    let content: [UInt8]?
    do throws(PluginFault) {
      content = try TrustedFile(path: path).content
    } catch {
      candidate.faults.append(error)
      content = plainContent(path)
    }
    guard let content else { return candidate }
    let inspection = PluginInspector.inspect(content, file: fileName(path))
    candidate.inspection = inspection
    candidate.faults += inspection.faults
    return candidate
  }

  private static func candidates(in folder: String) -> [PluginCandidate] {
    let files = FolderListing.names(in: folder).filter {
      $0.hasSuffix(".so") && !$0.hasPrefix(".")
    }
    let all = files.map { examine(path: folder + "/" + $0) }
    let needed = Set(all.flatMap { $0.inspection?.needed ?? [] })
    return all.filter { candidate in
      let isPlain = candidate.inspection?.isPlainLibrary ?? false
      return !(isPlain && needed.contains(fileName(candidate.path)))
    }
  }

  /// What is not to be trusted is not to be loaded, but may be looked at.
  private static func plainContent(_ path: String) -> [UInt8]? {
    guard let file = Descriptor(path: path, flags: O_RDONLY | O_NONBLOCK),
      let status = file.status(), status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    return file.contents(size: Int(status.st_size), limit: sizeLimit)
  }

  private static func duplicate(_ path: String, _ id: String, _ winner: String) -> PluginFault {
    PluginFault(
      .duplicate,
      "\(path) has the id \(id), and so has \(winner), which is used; remove one of the two or "
        + "give it another id")
  }
}
