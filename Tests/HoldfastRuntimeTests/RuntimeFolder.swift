import FoundationEssentials
import Glibc
import HoldfastControl
import Testing

/// A state folder that goes with its owner.
final class RuntimeFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/holdfast-support-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var paths: HostPaths {
    var choice = PathChoice()
    choice.stateDirectory = path
    return HostPaths(
      choice, in: PathSurroundings(environment: [:], workingDirectory: path, user: geteuid()))
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
  }

  func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
  }

  func names(in folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()) ?? []
  }
}
