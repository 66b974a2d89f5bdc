/// hermes-agent, installed by `make peer`, driven by peer/peer.py.
struct Peer {
  static let name = "hermes-agent 0.19.0"
  private let python: String
  private let script: String

  /// Nil where it is not installed.
  init?(_ around: Surroundings) {
    guard let (python, script) = around.peer, isFile(python) else { return nil }
    self.python = python
    self.script = script
  }

  /// The numbers that the script prints under a name.
  func numbers(
    _ name: String, _ what: String, _ server: HindsightServer, _ words: [String]
  ) throws -> [Double] {
    let child = try Child([python, script, what, "--url", server.url] + words)
    let lines = child.lines().map { $0.split(separator: " ") }
    let found = lines.compactMap { line in
      line.count == 2 && line[0] == name ? Double(line[1]) : nil
    }
    child.wait()
    if found.isEmpty { throw BenchmarkFailure("peer.py \(what) gave no \(name)") }
    return found
  }
}
