import Glibc

/// A file of the project.
enum Document {
  private struct Missing: Error {
    let path: String
  }

  /// The text of a file, named from the root of the clone.
  static func read(_ path: String) throws -> String {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    guard let file = fopen("\(root)/\(path)", "r") else { throw Missing(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
