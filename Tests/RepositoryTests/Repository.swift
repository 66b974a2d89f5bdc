import FoundationEssentials
import Glibc

/// The clone that these tests check, read from the disk.
enum Repository {
  /// Absolute path of the clone, without a trailing slash.
  static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

  /// Folders that hold what was built or fetched, not what was written.
  private static let ignored: Set<String> = [".git", ".build", "build", ".state", ".swiftpm"]

  /// Relative paths of all files of the project, in order.
  static let files: [String] = list("").sorted()

  /// Everything in Swift, C or C++, lexed once.
  static let sources: [SourceFile] = files.compactMap { path in
    Language(path: path).map { SourceFile(path: path, text: read(path), language: $0) }
  }

  static func read(_ path: String) -> String {
    let data = FileManager.default.contents(atPath: "\(root)/\(path)")
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(root)/\(path)")
  }

  private static func list(_ folder: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
    return (names ?? []).flatMap { name -> [String] in
      guard !ignored.contains(name) else { return [] }
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
      return isFolder ? list(path) : [path]
    }
  }
}

/// A place in the project that breaks a rule, and which.
struct Violation: CustomStringConvertible, Equatable {
  let path: String
  let line: Int
  let rule: String

  var description: String { "\(path):\(line): \(rule)" }
}

/// Runs a command in the root of the clone.
struct Shell {
  let status: Int32
  let output: String

  /// Standard output and error come together; the status is 0 when the command succeeded.
  init(_ command: String) {
    guard let pipe = popen("cd '\(Repository.root)' && { \(command); } 2>&1 </dev/null", "r") else {
      (status, output) = (-1, "cannot start a shell")
      return
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 {
      bytes += chunk.prefix(count)
    }
    status = pclose(pipe)
    output = String(decoding: bytes, as: UTF8.self)
  }

  static func has(_ program: String) -> Bool { Shell("command -v \(program)").status == 0 }
}

/// A folder of a test's own, removed with the value that names it.
final class Scratch {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "holdfast-repository-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file into the folder and answers its path.
  func file(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    try Data(text.utf8).write(to: URL(filePath: file))
    return file
  }
}
