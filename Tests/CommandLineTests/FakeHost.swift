import Glibc
import HoldfastControl
import HoldfastCore

/// A control socket that answers as a test says.
final class FakeHost: Sendable {
  private let server: ControlServer

  init(
    _ program: Program, _ answer: @escaping @Sendable (ControlRequest) -> ControlAnswer
  ) throws {
    var choice = PathChoice()
    choice.stateDirectory = program.state
    let around = PathSurroundings(environment: [:], workingDirectory: "/", user: geteuid())
    try HostPaths(choice, in: around).makeFolders()
    server = try ControlServer(path: program.controlSocket) { request, reply in
      reply(answer(request))
    }
  }

  func stop() { server.stop() }
}
