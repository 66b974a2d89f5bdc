import Glibc
import HoldfastConfiguration
import HoldfastControl
import HoldfastCore
import Testing

@testable import HoldfastRuntime

@Suite struct SupportBundleTests {
  private static func ring(_ count: Int) throws -> FlightRing {
    var ring = try #require(FlightRing(FlightRing.Header().bytes))
    for sequence in 1...count {
      var event = DiagnosticEvent(.turnCompleted)
      event.sequence = UInt64(sequence)
      event.reason = "because"
      ring.events.append(event)
    }
    return ring
  }

  private static func fields(_ text: [UInt8]) throws -> [String: JSON] {
    guard case .object(let fields) = try JSON(text) else { return [:] }
    return fields
  }

  private static func sequences(_ fields: [String: JSON]) -> [String] {
    guard case .array(let events)? = fields["events"] else { return [] }
    return events.map { event in
      if case .object(let event) = event, case .number(let text)? = event["sequence"] {
        text
      } else {
        ""
      }
    }
  }

  @Test func aBundleIsOneTextWithAllItsParts() throws {
    var bundle = SupportBundle(cause: .request)
    bundle.ring = try Self.ring(3)
    bundle.status = HostStatus()
    bundle.sessions = [SessionID(value: 5)]
    bundle.process = ProcessFigures.row()
    let fields = try Self.fields(bundle.text())
    #expect(fields["cause"] == .string("request"))
    #expect(Self.sequences(fields) == ["1", "2", "3"])
    #expect(fields["sessions"] == .array([.string(SessionID(value: 5).description)]))
    #expect(fields["configuration"] == .null && fields["last_heartbeat_ms"] == .null)
    guard case .object(let versions)? = fields["versions"],
      case .object(let process)? = fields["process"]
    else {
      Issue.record("parts are missing")
      return
    }
    #expect(versions.keys.sorted() == ["abi", "holdfast", "kernel", "sqlite", "written_by"])
    #expect(versions["abi"] == .string("1.0") && versions["kernel"] != .string(""))
    #expect(process["resident_bytes"] != .number("0") && process["threads"] != .number("0"))
  }

  @Test func whatDoesNotFitIsLeftOutFromTheOldestOnAndCounted() throws {
    var bundle = SupportBundle(cause: .crash)
    bundle.ring = try Self.ring(2000)
    let whole = bundle.text()
    let all = Self.sequences(try Self.fields(whole))
    #expect(whole.count < SupportBundle.limit && all.count == 2000)
    let text = bundle.text(limit: 20_000)
    #expect(text.count <= 20_000)
    let fields = try Self.fields(text)
    let kept = Self.sequences(fields)
    #expect(kept.count > 50 && kept.last == "2000")
    #expect(kept == ((2001 - kept.count)...2000).map(String.init))
    guard case .object(let recorder)? = fields["recorder"] else { return }
    #expect(recorder["left_out_for_size"] == .number("\(2000 - kept.count)"))
  }

  /// How a host ended is read from its recorder and from the crash record, if that is its own.
  @Test(arguments: [
    (FlightRing.Ending.none, 2000, "crash"), (.none, 999, "ended_without_a_word"),
    (.gaveUp, 999, "gave_up"), (.gaveUp, 2000, "crash"),
  ])
  func aFormerHostIsToldOfWithItsCause(
    ending: FlightRing.Ending, crashed: Int, cause: String
  ) throws {
    let state = try RuntimeFolder()
    var header = FlightRing.Header()
    header.ending = ending
    header.startedMilliseconds = 1000
    header.words = "because of it"
    var event = DiagnosticEvent(.turnStarted)
    event.sequence = 1
    try state.write("recorder", header.bytes + FlightRecord.encode(event))
    mkdir(state.path + "/crash", 0o700)
    try state.write("crash/record-2", Array("time=\(crashed)\nkind=SIGSEGV\n".utf8))
    FlightFiles(stateFolder: state.path).putAside()
    let desk = SupportDesk(paths: state.paths, inventory: nil)
    let told = try #require(try desk.tellOfFormer())
    #expect(told.cause.rawValue == cause && told.file.hasSuffix("-\(cause).json"))
    let fields = try Self.fields(try state.read("support/" + state.names(in: "support")[0]))
    #expect(Self.sequences(fields) == ["1"])
    guard case .object(let recorder)? = fields["recorder"] else { return }
    #expect(recorder["words"] == .string("because of it"))
    #expect(try desk.tellOfFormer() == nil, "it is told once")
  }

  @Test func aBundleWithoutARecorderIsOneAsWell() throws {
    let fields = try Self.fields(SupportBundle(cause: .failedStop).text())
    #expect(fields["recorder"] == .null && fields["events"] == .array([]))
  }

  @Test func twentyStayAndTheOldestGo() throws {
    let state = try RuntimeFolder()
    let folder = SupportFolder(stateFolder: state.path)
    for number in 0..<25 {
      let time = WallTime(milliseconds: 1_700_000_000_000 + Int64(number / 2) * 1000)
      let file = try folder.keep(Array("\(number)".utf8), cause: .request, at: time)
      #expect(
        try state.read(String(file.dropFirst(state.path.count + 1))) == Array("\(number)".utf8))
    }
    let names = state.names(in: "support")
    #expect(names.count == 20 && names == folder.bundles)
    #expect(names.first?.hasPrefix("bundle-20231114T221322Z-request") == true, "\(names)")
  }

  @Test func aFolderThatCannotBeWrittenIsToldWithARemedy() throws {
    let state = try RuntimeFolder()
    try state.write("support", [1])
    #expect {
      _ = try SupportFolder(stateFolder: state.path).keep([1], cause: .request, at: .now)
    } throws: { "\($0)".contains("cannot be written") && "\($0)".contains("make room") }
  }

  @Test func wordsThatPluginsChooseAreLeftOutOfTheStatus() throws {
    var status = HostStatus()
    status.problems = ["notes said SECRET"]
    status.stateFolder = "/state"
    var plugin = PluginStatusRow()
    plugin.instance = "notes"
    plugin.state = "failed"
    plugin.detail = "SECRET"
    plugin.calls = 7
    var tool = ToolStatusRow()
    tool.name = "SECRET"
    tool.purpose = "SECRET"
    plugin.tools = [tool]
    status.plugins = [plugin]
    var provider = ProviderStatusRow()
    provider.lastError = "SECRET"
    provider.alarm = "SECRET"
    provider.destination = "http://SECRET@host"
    provider.backlogTurns = 12
    status.providers = [provider]
    let text = RedactedStatus.json(status).text()
    #expect(!text.contains("SECRET"))
    for part in [
      #""instance":"notes""#, #""state":"failed""#, #""calls":7"#, #""backlog_turns":12"#,
      #""state_folder":"/state""#, #""detail":"…""#,
    ] { #expect(text.contains(part), "\(part) in \(text)") }
  }

  @Test func addressesLoseWhoLogsIn() {
    for (text, shown) in [
      ("http://ann:pw@host:80/a", "http://…@host:80/a"),
      ("https://host/a?key=pw", "https://host/a?…"),
      ("http://host", "http://host"), ("/a/b@c", "/a/b@c"), ("x://a@b@c", "x://…@c"),
    ] { #expect(RedactedConfiguration.withoutCredentials(text) == shown) }
  }

  @Test func theConfigurationIsShownWithoutSecrets() throws {
    let loader = ConfigurationLoader(environment: ["TOKEN": "MARKER-ENV"]) {
      _ throws(ConfigurationFileFailure) in Array("MARKER-FILE".utf8)
    }
    let configuration = try loader.load(
      Array(
        """
        [host]
        queue_cap = 7
        [agents.main]
        instructions = "MARKER-INSTRUCTIONS"
        [plugins.recall]
        [plugins.bank]
        plugin = "absent"
        config.from_env = { env = "TOKEN" }
        config.from_file = { file = "/x" }
        config.api_key = "MARKER-PLAIN"
        config.auth.user = "MARKER-NESTED"
        config.url = "http://MARKER-USER:pw@host/x"
        config.depth = 3
        """.utf8), file: "holdfast.toml")
    let inventory = PluginInventory(
      configuration: configuration, named: [], others: [], stateFolder: "/nonexistent",
      runtimeFolder: "/nonexistent")
    let text = RedactedConfiguration.json(inventory).text()
    #expect(!text.contains("MARKER"), "\(text)")
    for part in [#""queue_cap":"7""#, #""depth":3"#, #""from_env":"…""#, "http://…@host/x"] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }
}
