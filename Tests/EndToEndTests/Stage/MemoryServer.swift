import FoundationEssentials
import Glibc
import HoldfastCore

/// A Hindsight API server: the project's own in a process of its own, or the real one that
/// `make test-hindsight` has started.
final class MemoryServer {
  /// The port of the real one, if it is there.
  static let realPort = Clone.variable("HOLDFAST_HINDSIGHT_PORT").flatMap(UInt16.init)
  private static let program =
    Clone.variable("HOLDFAST_HINDSIGHT_SERVER") ?? Clone.root + "/build/hindsight-server"

  let port: UInt16
  /// A bank that no other test uses.
  let bank: String
  private(set) var client: HTTPClient
  private let folder: TemporaryFolder
  private let arguments: [String]
  private var process: Spawned?

  /// The project's own server. What it is given outlives it if it is killed.
  init(_ arguments: String..., apiKey: String = "") throws {
    folder = try TemporaryFolder()
    bank = "bank"
    self.arguments =
      [Self.program, "--keep", folder.path + "/kept"] + arguments
      + (apiKey.isEmpty ? [] : ["--api-key", apiKey])
    (process, port) = try Self.spawn(self.arguments, in: folder)
    client = HTTPClient(port: port, apiKey: apiKey)
  }

  /// The real server if there is one, else the project's own.
  init(preferringReal: Void) throws {
    folder = try TemporaryFolder()
    arguments = [Self.program]
    if let real = Self.realPort {
      bank = "test " + String(folder.path.suffix(6))
      port = real
    } else {
      bank = "bank"
      (process, port) = try Self.spawn(arguments, in: folder)
    }
    client = HTTPClient(port: port)
  }

  deinit { kill() }

  private static func spawn(
    _ arguments: [String], in folder: TemporaryFolder
  ) throws -> (Spawned, UInt16) {
    let output = folder.path + "/out"
    try? FileManager.default.removeItem(atPath: output)
    let process = try Spawned(arguments, stdout: output, stderr: folder.path + "/err")
    var port: UInt16?
    try Patience.until("\(arguments[0]) listens") {
      if process.hasEnded { throw TestFailure("\(arguments[0]) ended at once") }
      let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
      guard text.hasPrefix("PORT "), text.hasSuffix("\n") else { return false }
      port = UInt16(text.dropFirst(5).dropLast())
      return true
    }
    guard let port else { throw TestFailure("\(arguments[0]) names no port") }
    return (process, port)
  }

  /// Ends it as a crash would.
  func kill() {
    guard let process else { return }
    Glibc.kill(process.pid, SIGKILL)
    _ = process.wait()
    self.process = nil
  }

  /// Ends it while it writes down what it is given.
  func killInMidLine() throws {
    kill()
    let kept = folder.path + "/kept"
    let text = try String(contentsOfFile: kept, encoding: .utf8)
    try (text + "[\"\(bank)\",{\"items\":[").write(toFile: kept, atomically: true, encoding: .utf8)
  }

  /// Starts it again on the same port, with what it was given before.
  func restart() throws {
    // Somebody else may have the port for a moment.
    try Patience.until("port \(port) is free") {
      process = try? Self.spawn(arguments + ["--port", "\(port)"], in: folder).0
      return process != nil
    }
  }

  // MARK: - How it behaves

  /// Requests that meet with something: `{"on": "retain", "do": "hang", "times": 1}`.
  func rule(_ rule: String) throws {
    let answer = try client.post("/__rules", rule)
    guard answer.status == 200 else { throw TestFailure("\(rule): \(answer.body)") }
  }

  func clear() throws { try client.post("/__clear") }
  /// Requests that nobody waits for any more arrive now.
  func land() throws { try client.post("/__land") }
  func release() throws { try client.post("/__release") }

  /// How many requests came for an endpoint.
  func count(_ endpoint: String) throws -> Int {
    try client.get("/__counters").body["by"][endpoint].integer
  }

  /// Requests that are held, by a rule.
  func held() throws -> Int { try client.get("/__counters").body["held"].integer }

  /// Waits until so many requests have come for an endpoint.
  func received(_ count: Int, _ endpoint: String) throws {
    try Patience.until("\(count) requests for \(endpoint)") {
      try self.count(endpoint) >= count
    }
  }

  /// The items of the batches that were sent, in order, repetitions included.
  func sent() throws -> [(operation: String, item: JSON)] {
    try client.get("/__log").body.list.filter { $0["op"].text == "memories" }.flatMap { entry in
      entry["body"]["items"].list.map { (entry["body"]["operation_id"].text, $0) }
    }
  }

  // MARK: - What it has

  /// The document of that name, or of a session, in a bank.
  func document(_ id: String, in bank: String? = nil) throws -> JSON {
    try get("documents/\(id)", in: bank ?? self.bank)
  }

  func operation(_ id: String) throws -> JSON { try get("operations/\(id)", in: bank) }

  /// The newest hundred of the batches that its bank was given.
  func operations() throws -> [JSON] {
    try get("operations?type=batch_retain&limit=100", in: bank)["operations"].list
  }

  private func get(_ path: String, in bank: String) throws -> JSON {
    let name = bank.utf8.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return "%" + (digits.utf8.count < 2 ? "0" : "") + digits
    }.joined()
    return try client.get("/v1/default/banks/\(name)/\(path)").body
  }

  /// The names of the documents in its bank.
  func documents() throws -> [String] {
    try client.get("/__banks").body[bank]["documents"].members.map(\.key)
  }

  /// The turns of a document: index and what the person said, in their order.
  func turns(_ id: String, in bank: String? = nil) throws -> [String] {
    let text = try document(id, in: bank)["original_text"].text
    let lists = try text.split(separator: "\n").map { try JSON(Array($0.utf8)) }
    return lists.flatMap(\.list).map { turn in
      let said = turn.list.first { $0["role"].text == "user" } ?? .null
      return "\(said["turn"].integer) \(said["content"].text)"
    }
  }
}

extension Stage {
  /// Adds the Hindsight provider at that server.
  func hindsight(
    _ server: MemoryServer, as name: String = "memory", every turns: Int = 1,
    settings: String = ""
  ) {
    sections[name] = """
      plugin = "hindsight"
      path = "\(Clone.plugin("hindsight"))"
      retain_every_turns = \(turns)
      config.api_url = "http://127.0.0.1:\(server.port)"
      config.bank_id = "\(server.bank)"
      \(settings)

      """
  }
}
