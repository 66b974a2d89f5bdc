internal import Glibc
internal import HoldfastControl
internal import HoldfastCore

/// Who talks in which chat, and where the console is.
struct ChatPlace {
  var user: String
  var chat: String
  var socket: String

  /// By default people are who they are on this machine, and each has one chat to come back to.
  init(_ invocation: Invocation) throws(CommandFailure) {
    let name = invocation.environment["USER"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(getuid())"
    user = invocation.value("as") ?? name
    chat = invocation.value("chat") ?? user
    socket = Self.socket(invocation)
    for (option, value) in [("as", user), ("chat", chat)] {
      let isPlain = !value.utf8.contains { $0 == 0 }
      guard (1...256).contains(value.utf8.count), isPlain else {
        throw CommandFailure("--\(option) is a name of 1 to 256 bytes", status: .usage)
      }
    }
  }

  /// The socket of the first console that the configuration has.
  private static func socket(_ invocation: Invocation) -> String {
    let paths = invocation.paths
    let console = invocation.configuration?.activePlugins.first { $0.plugin == "console" }
    guard case .string(let name)? = console?.config["socket"] else { return paths.consoleSocket }
    return name.hasPrefix("/") ? name : "\(paths.runtimeDirectory)/\(name)"
  }

  /// What both `chat` and `send` take.
  static let options = [
    Option(name: "as", value: "user", help: "who speaks ($USER)"),
    Option(name: "chat", value: "name", help: "in which conversation (the user's name)"),
  ]

  /// Connects to the console of a running host.
  func connect(patience: Duration) throws(CommandFailure) -> ConsoleConnection {
    try ConsoleConnection(path: socket, chat: chat, user: user, patience: patience)
  }
}
