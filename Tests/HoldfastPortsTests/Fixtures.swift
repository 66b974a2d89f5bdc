import Glibc

/// The test plugins: those that `make` built, else built here, once, by the same compiler.
enum Fixtures {
  /// Root of the clone.
  static let clone = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

  private static let built = Shelf()

  /// Path of the library of `Tests/Fixtures/<name>.c`.
  static func path(_ name: String) throws -> String {
    if let folder = getenv("HOLDFAST_FIXTURES").map({ String(cString: $0) }) {
      let path = "\(folder)/\(name).so"
      if access(path, R_OK) == 0 { return path }
    }
    return try built.path(name)
  }

  static func content(_ name: String) throws -> [UInt8] { try read(try path(name)) }
}

/// Libraries that were built in this run, one compiler at a time.
private final class Shelf: @unchecked Sendable {
  // Safe to share: the mutex guards the rest.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var names: Set<String> = []
  private let folder: TemporaryFolder?

  init() {
    pthread_mutex_init(mutex, nil)
    folder = try? TemporaryFolder()
  }

  func path(_ name: String) throws -> String {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard let folder else { throw TestFailure("there is no temporary folder") }
    let path = "\(folder.path)/\(name).so"
    if names.contains(name) { return path }
    let source = "\(Fixtures.clone)/Tests/Fixtures/\(name).c"
    let status = shell(
      "cc -std=c11 -O2 -D_GNU_SOURCE -shared -fPIC -fvisibility=hidden "
        + "-I'\(Fixtures.clone)/include' "
        + "-Wl,--version-script='\(Fixtures.clone)/Plugins/plugin.map' -Wl,-z,nodelete "
        + "'\(source)' -o '\(path)'")
    guard status == 0 else { throw TestFailure("cc cannot build \(source)") }
    names.insert(name)
    return path
  }
}

/// Something the test itself could not do.
struct TestFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A folder of one test, removed with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/holdfast-ports-XXXXXX\0".utf8).map { CChar(bitPattern: $0) }
    guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp failed") }
    path = template.withUnsafeBufferPointer {
      String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  deinit { _ = shell("rm -rf '\(path)'") }

  func write(_ name: String, _ content: [UInt8], mode: mode_t = 0o644) throws -> String {
    let file = "\(path)/\(name)"
    unlink(file)
    let number = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard number >= 0 else { throw TestFailure("cannot write \(file)") }
    defer { close(number) }
    fchmod(number, mode)
    var done = 0
    while done < content.count {
      let count = content.withUnsafeBytes {
        Glibc.write(number, $0.baseAddress.map { $0 + done }, content.count - done)
      }
      guard count > 0 else { throw TestFailure("cannot write \(file)") }
      done += count
    }
    return file
  }

  func folder(_ name: String, mode: mode_t = 0o755) throws -> String {
    let folder = "\(path)/\(name)"
    guard mkdir(folder, mode) == 0, chmod(folder, mode) == 0 else {
      throw TestFailure("cannot make \(folder)")
    }
    return folder
  }
}

func read(_ path: String) throws -> [UInt8] {
  let number = open(path, O_RDONLY | O_CLOEXEC)
  guard number >= 0 else { throw TestFailure("cannot read \(path)") }
  defer { close(number) }
  var content: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = Glibc.read(number, &chunk, chunk.count), count > 0 {
    content += chunk.prefix(count)
  }
  return content
}

@discardableResult
func shell(_ command: String) -> Int32 {
  guard let pipe = popen(command, "r") else { return -1 }
  return pclose(pipe)
}
