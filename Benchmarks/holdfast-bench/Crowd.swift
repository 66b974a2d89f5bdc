import HoldfastControl
import HoldfastCore
import HoldfastRuntime

/// A host in this process with people who have each said one thing, and a memory provider.
final class Crowd {
  private let host: HostProcess
  private let control: ControlClient
  private let keys: [SessionKey]
  private let text = Array(repeating: UInt8(ascii: "x"), count: 150)

  /// Returns when everybody has been answered once. `provider` is the section of `[plugins]` of the
  /// instance with that name.
  init(
    _ around: Surroundings, state: String, shared: SharedCounters, people: Int, provider: String
  ) throws {
    setSharedPath(shared.path)
    shared[.chats] = UInt64(people)
    shared[.wantedTurns] = UInt64(people)
    try write(Self.configuration(around, provider: provider), to: state + "/holdfast.toml")
    var choice = PathChoice()
    choice.stateDirectory = state
    let paths = HostPaths(
      choice, in: PathSurroundings(environment: [:], workingDirectory: "/", user: 0))
    var options = HostOptions(paths: paths, log: { _ in })
    options.pluginFolders = [around.plugins]
    host = try HostProcess(options: options)
    control = ControlClient(path: paths.controlSocket)
    keys = (0..<people).map { person in
      SessionKey(agent: "main", channel: "crowd", kind: .direct, chat: "c\(person)")
    }
    try host.start()
    try shared.wait(for: .replies, atLeast: UInt64(people))
  }

  /// A finished turn of 300 bytes. Its texts are made anew, as those of a real one are.
  func keep(by person: Int) {
    host.take(
      .finished(
        keys[person], userText: String(decoding: text, as: UTF8.self),
        answerText: String(decoding: text, as: UTF8.self)))
  }

  /// Turns that the provider has acknowledged.
  func acknowledgedTurns() throws -> Int {
    guard case .status(let status) = try control.ask(.status) else {
      throw BenchmarkFailure("the host does not say how it is")
    }
    return status.providers.reduce(0) { $0 + Int($1.acknowledgedTurns) }
  }

  /// Waits until the provider has acknowledged so many turns. Looks every so often: the host has to
  /// answer, on the thread that has the turns to do.
  func wait(
    forTurns wanted: Int, every microseconds: UInt32 = 1000, seconds: UInt64 = 120
  ) throws {
    let end = nanoseconds() + seconds * 1_000_000_000
    while try acknowledgedTurns() < wanted {
      guard nanoseconds() < end else {
        throw BenchmarkFailure("\(try acknowledgedTurns()) of \(wanted) turns are acknowledged")
      }
      idle(microseconds: microseconds)
    }
  }

  func stop() { _ = host.stop() }

  static func configuration(_ around: Surroundings, provider: String) -> String {
    """
    [agents.main]
    model = "echo"
    memory = ["provider"]
    [plugins.crowd]
    plugin = "bench-channel"
    path = "\(around.plugin("bench_channel"))"
    [plugins.echo]
    plugin = "bench-model"
    path = "\(around.plugin("bench_model"))"
    [plugins.provider]
    \(provider)
    """
  }

  /// The provider that reads every byte and keeps nothing.
  static func provider(_ around: Surroundings, turnsPerBatch: Int) -> String {
    """
    plugin = "bench-memory"
    path = "\(around.plugin("bench_memory"))"
    retain_every_turns = \(turnsPerBatch)
    """
  }
}
