import CShims
import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastThreads
import Synchronization

/// A console that follows a script, for one client, with a control socket beside it so that it
/// looks like a running host.
final class FakeConsole: Sendable {
  /// What to answer to a line: lines to send, or nil to hang up.
  typealias Script = @Sendable (_ line: String) -> [String]?

  private final class Box: Sendable {
    let lines = Mutex<[String]>([])
  }

  private let control: ControlServer
  private let box = Box()
  private let thread: NamedThread

  init(_ program: Program, _ script: @escaping Script) throws {
    let paths = HostPaths(
      Self.choice(program),
      in: PathSurroundings(environment: [:], workingDirectory: "/", user: geteuid()))
    try paths.makeFolders()
    control = try ControlServer(path: program.controlSocket) { _, reply in reply(.done("")) }
    let listener = cshims_unix_listen(program.consoleSocket, 1)
    guard listener >= 0 else { throw Program.Failure() }
    thread = NamedThread("console") { [box] in
      // A child that is being spawned may still hold a copy of it.
      defer {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
      }
      Self.serve(listener, script) { line in box.lines.withLock { $0.append(line) } }
    }
  }

  private static func choice(_ program: Program) -> PathChoice {
    var choice = PathChoice()
    choice.stateDirectory = program.state
    return choice
  }

  /// Waits until the client is gone, and gives what it said.
  func finish() -> [String] {
    thread.join()
    control.stop()
    return box.lines.withLock { $0 }
  }

  private static func serve(
    _ listener: Int32, _ script: Script, _ note: (String) -> Void
  ) {
    var entry = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
    guard poll(&entry, 1, 30_000) > 0 else { return }
    let client = accept(listener, nil, nil)
    defer { close(client) }
    var buffer = LineBuffer(limit: 1 << 24)
    var bytes = [UInt8](repeating: 0, count: 65_536)
    while true {
      while case .line(let line)? = buffer.next() {
        let text = String(decoding: line, as: UTF8.self)
        note(text)
        guard let answers = script(text) else { return }
        let reply = Array(answers.map { $0 + "\n" }.joined().utf8)
        if !reply.isEmpty, cshims_send(client, reply, 0, reply.count) < 0 { return }
      }
      let count = cshims_receive(client, &bytes, bytes.count)
      guard count > 0 else { return }
      buffer.append(bytes.prefix(Int(count)))
    }
  }
}
