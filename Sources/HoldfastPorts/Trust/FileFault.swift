import Glibc
import HoldfastCore

/// What the system said last, for a sentence: "permission denied".
func systemReason(_ code: Int32 = errno) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  let reason = String(cString: text)
  return reason.prefix(1).lowercased() + reason.dropFirst()
}

/// A path as it is to be written in a command.
func quoted(_ path: String) -> String {
  let isPlain = path.utf8.allSatisfy { byte in
    switch byte {
    case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2B, 0x2D...0x2F, 0x5F, 0x3D, 0x40: true
    default: false
    }
  }
  if isPlain && !path.isEmpty { return path }
  return "'"
    + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    + "'"
}

/// The part of a path behind the last slash.
func fileName(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

/// The part of a path before the last slash.
func folderName(_ path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
