internal import Glibc

/// Where this program was installed, which says which plugins came with it.
public struct Installation: Sendable, Equatable {
  /// The folder above `bin`, or the package's folder for a program that was just built there; nil
  /// if the program lies elsewhere.
  public let prefix: String?

  /// Of the program at this path.
  init(program: String) {
    let parts = program.split(separator: "/", omittingEmptySubsequences: false)
    if let build = parts.lastIndex(of: ".build") {
      prefix = parts[..<build].joined(separator: "/")
    } else if parts.count > 3, parts[parts.count - 2] == "bin" {
      prefix = parts[..<(parts.count - 2)].joined(separator: "/")
    } else {
      prefix = nil
    }
  }

  /// Of the program that is running.
  public static func current() -> Installation {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &bytes, bytes.count - 1)
    let text = bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
    return Installation(program: String(decoding: text, as: UTF8.self))
  }

  /// Folders of plugins that are searched after the configuration's: the user's own, then the
  /// installation's.
  public func pluginFolders(environment: [String: String]) -> [String] {
    var folders: [String] = []
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
      folders.append(data + "/holdfast/plugins")
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      folders.append(home + "/.local/share/holdfast/plugins")
    }
    if let prefix { folders.append(prefix + "/lib/holdfast/plugins") }
    return folders
  }
}
