import FoundationEssentials
import Glibc
import HoldfastCore
import Testing

/// Figures over HTTP.
@Suite struct MetricsTests {
  /// The port that the host says its figures are at.
  private func port(_ stage: Stage) throws -> UInt16 {
    try stage.logged("figures are at http://127.0.0.1:")
    let text = try #require(stage.log.split(separator: "figures are at http://127.0.0.1:").last)
    return try #require(UInt16(text.prefix { $0.isNumber }))
  }

  private func page(
    _ port: UInt16, _ path: String = "/metrics", method: String = "GET", host: String = "localhost"
  ) throws -> String {
    let request = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
    guard let text = LocalSocket.ask(port, request) else {
      throw TestFailure("nobody listens on port \(port)")
    }
    return text
  }

  private func value(_ page: String, _ name: String) -> Double? {
    let line = page.split { $0.isNewline }.first { $0.hasPrefix(name + " ") }
    return line.flatMap { Double($0.dropFirst(name.count + 1)) }
  }

  private func stage() throws -> Stage {
    let stage = try Stage(["notes": 1])
    stage.head += "[metrics]\nlisten = \"127.0.0.1:0\"\n"
    return stage
  }

  @Test func figuresAreGivenToWhoeverAsks() throws {
    let stage = try stage()
    try stage.start()
    let port = try port(stage)
    try stage.chat("ZebraChat").ask("hello ZebraMessage")
    try stage.settled("notes")
    var text = try page(port)
    #expect(text.hasPrefix("HTTP/1.1 200") && text.contains("text/plain; version=0.0.4"))
    try Patience.until("the figures know of the batch") {
      text = try page(port)
      return value(text, "holdfast_memory_retained_turns_total{plugin=\"notes\"}") == 1
    }
    #expect(value(text, "holdfast_host_responsive") == 1)
    #expect(value(text, "holdfast_plugin_running{plugin=\"notes\"}") == 1)
    #expect(value(text, "holdfast_session_attention_total{class=\"stuck\"}") == 0)
    #expect(value(text, "holdfast_process_resident_memory_bytes") ?? 0 > 1_000_000)
    #expect(value(text, "holdfast_plugin_cpu_seconds_total{plugin=\"notes\"}") != nil)
    let session = try stage.current("ZebraChat")
    #expect(!text.contains("Zebra") && !text.contains(session))
    #expect(try page(port, "/").contains("404"))
    #expect(try page(port, method: "POST").contains("405"))
    #expect(try page(port, host: "figures.example:80").contains("403"))
    for name in [
      "localhost.attacker.example:80", "127.attacker.example", "127.0.0.1.attacker.example",
    ] {
      #expect(try page(port, host: name).contains("403"), "\(name)")
    }
    for name in ["127.0.0.1:\(port)", "LocalHost", "[::1]:\(port)", "127.0.0.2"] {
      #expect(try page(port, host: name).contains("200"), "\(name)")
    }
    #expect(stage.stop() == 0)
    #expect(LocalSocket.ask(port, "") == nil)
  }

  /// The kernel cuts the names of threads to 15 bytes, and the host's own have such names too.
  @Test func processorTimeIsThePluginsOwnWhateverItIsCalled() throws {
    let stage = try stage()
    let names = ["host", "probe", "notes-of-the-first-year", "notes-of-the-second-year"]
    for name in names { try stage.provider(name) }
    try stage.start()
    let port = try port(stage)
    let chat = try stage.chat()
    for number in 0..<20 { try chat.ask("\(number)") }
    let text = try page(port)
    let load = try stage.load()
    for name in names {
      let row = try #require(load.plugins.first { $0.instance == name })
      let figure = value(text, "holdfast_plugin_cpu_seconds_total{plugin=\"\(name)\"}")
      let seconds = try #require(figure, "\(name) is left out")
      #expect(seconds > 0 && seconds <= Double(row.cpuMilliseconds) / 1000, "\(name)")
    }
    #expect(stage.stop() == 0)
  }

  static let promtool: String? = {
    let paths = (Clone.variable("PATH") ?? "").split(separator: ":").map { "\($0)/promtool" }
    return (paths + [Clone.root + "/build/promtool/promtool"]).first { access($0, X_OK) == 0 }
  }()

  @Test(.enabled(if: promtool != nil, "there is no promtool; `make promtool` fetches it"))
  func prometheusItselfFindsNothingToSay() throws {
    let stage = try stage()
    try stage.start()
    let port = try port(stage)
    try stage.chat().ask("hello")
    try stage.settled("notes")
    let text = try page(port)
    let body = try #require(text.firstRange(of: "\r\n\r\n")).upperBound
    let check = try Finished(
      [try #require(Self.promtool), "check", "metrics"], input: String(text[body...]))
    #expect(check.status == 0 && check.errors.isEmpty, "\(check.errors)\(check.output)")
    #expect(stage.stop() == 0)
  }

  @Test func aPortThatIsTakenIsToldAndTheHostRunsOn() throws {
    let (socket, port) = try LocalSocket.listen()
    defer { close(socket) }
    let stage = try Stage(["notes": 1])
    stage.head += "[metrics]\nlisten = \"127.0.0.1:\(port)\"\n"
    try stage.start()
    #expect(stage.lastLog.contains("another program has that port"))
    #expect(try stage.chat().ask("hello") == "re: hello")
    #expect(stage.stop() == 0)
  }

  @Test func whatOthersCouldReachIsRefusedWithTheReason() throws {
    let stage = try Stage(["notes": 1])
    stage.head += "[metrics]\nlisten = \"0.0.0.0:9464\"\notlp_url = \"ftp://x\"\n"
    try stage.start()
    #expect(stage.lastLog.contains("no address that this machine alone can reach"))
    #expect(stage.lastLog.contains("no address that begins with http://"))
    #expect(!stage.lastLog.contains("figures are at"))
    #expect(stage.stop() == 0)
  }

  @Test func figuresAreSentToACollectorAndItsSilenceIsToldOnce() throws {
    let collector = try Collector()
    defer { collector.end() }
    let stage = try Stage(["notes": 1])
    stage.environment["OTLP_TOKEN"] = "ZebraToken"
    stage.head += """
      [metrics]
      otlp_url = "http://127.0.0.1:\(collector.port)/v1/metrics"
      otlp_interval_ms = 1000
      otlp_headers = { authorization = { env = "OTLP_TOKEN" }, x-tenant = "home" }

      """
    try stage.start()
    try Patience.until("figures were sent") { collector.received.count >= 2 }
    let request = try #require(collector.received.first)
    #expect(request.head.hasPrefix("POST /v1/metrics HTTP/1.1"))
    let head = request.head.lowercased()
    #expect(head.contains("authorization: zebratoken") && head.contains("x-tenant: home"))
    #expect(head.contains("content-type: application/json"))
    guard case .object(let top) = try JSON(Array(request.body.utf8)) else { return }
    #expect(top.keys.first == "resourceMetrics")
    #expect(request.body.contains("holdfast_host_responsive"))
    collector.answers(503)
    try stage.logged("the collector answers with status 503")
    let before = collector.received.count
    try Patience.until("more was tried") { collector.received.count >= before + 2 }
    collector.answers(200)
    try stage.logged("figures are sent again")
    let told = stage.log.split { $0.isNewline }.count { $0.contains("figures cannot be sent") }
    #expect(told == 1)
    #expect(!stage.log.contains("ZebraToken"))
    #expect(stage.stop() == 0)
  }

  /// A collector that takes what it is sent and says nothing holds up neither the host nor its end.
  @Test func aCollectorThatHangsHoldsUpNothing() throws {
    let collector = try Collector()
    defer { collector.end() }
    collector.hang()
    let stage = try Stage(["notes": 1])
    stage.head +=
      "[metrics]\notlp_url = \"http://127.0.0.1:\(collector.port)/\"\notlp_interval_ms = 1000\n"
    try stage.start()
    try Patience.until("something was sent") { !collector.received.isEmpty }
    #expect(try stage.chat().ask("hello") == "re: hello")
    let moments = Moments()
    #expect(stage.stop() == 0)
    #expect(moments.seconds < 4)
  }

  /// A name server that does not answer is waited for by a thread that nobody can tell to stop.
  @Test func aNameThatNobodyAnswersForHoldsUpNothing() throws {
    let stage = try Stage(["notes": 1])
    let report = stage.folder.path + "/report"
    stage.environment = [
      "LD_PRELOAD": Clone.preload("no_answer"), "HOLDFAST_FAULT_REPORT": report,
      "HOLDFAST_NO_ANSWER": "collector.test",
    ]
    stage.head +=
      "[metrics]\notlp_url = \"http://collector.test/\"\notlp_interval_ms = 1000\n"
    try stage.start()
    try Patience.until("the name is looked up") { access(report, F_OK) == 0 }
    #expect(try stage.chat().ask("hello") == "re: hello")
    #expect(stage.stop() == 0)
  }

  @Test func figuresBeganBeforeTheyWereTakenThoughTheClockIsSetBack() throws {
    let collector = try Collector()
    defer { collector.end() }
    let stage = try Stage()
    let clock = try stage.folder.write("clock", "\0\0\0\0\0\0\0\0")
    stage.environment = [
      "LD_PRELOAD": Clone.preload("wall_clock"), "HOLDFAST_WALL_CLOCK": clock,
    ]
    stage.head +=
      "[metrics]\notlp_url = \"http://127.0.0.1:\(collector.port)/\"\notlp_interval_ms = 1000\n"
    try stage.start()
    try Patience.until("figures were sent") { !collector.received.isEmpty }
    let now = try #require(time("timeUnixNano", collector))
    let file = open(clock, O_WRONLY)
    var hour: Int64 = -3600
    #expect(pwrite(file, &hour, 8, 0) == 8)
    close(file)
    try Patience.until("figures come from the past") {
      (time("timeUnixNano", collector) ?? now) < now
    }
    let taken = try #require(time("timeUnixNano", collector))
    #expect(try #require(time("startTimeUnixNano", collector)) <= taken)
    #expect(stage.stop() == 0)
  }

  /// The first figure of that name of what was sent last.
  private func time(_ name: String, _ collector: Collector) -> UInt64? {
    guard let body = collector.received.last?.body,
      let place = body.firstRange(of: "\"\(name)\"")
    else { return nil }
    let digits = body[place.upperBound...].drop { !$0.isNumber }.prefix { $0.isNumber }
    return UInt64(digits)
  }

  @Test(arguments: [
    ("libmicrohttpd", "listen = \"127.0.0.1:0\"", "there is no libmicrohttpd; install it"),
    ("libcurl", "otlp_url = \"http://127.0.0.1:1/\"", "there is no libcurl; install it"),
  ])
  func aLibraryThatIsMissingIsNamedAndTheHostRunsOn(
    library: String, setting: String, sentence: String
  ) throws {
    let stage = try Stage(["notes": 1])
    stage.environment["LD_PRELOAD"] = Clone.preload("no_library")
    stage.environment["HOLDFAST_NO_LIBRARY"] = library
    stage.head += "[metrics]\n\(setting)\n"
    try stage.start()
    try stage.logged(sentence)
    #expect(try stage.chat().ask("hello") == "re: hello")
    #expect(stage.stop() == 0)
  }

  @Test func withoutFiguresNoLibraryIsLoadedForThem() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let maps = try String(contentsOfFile: "/proc/\(stage.pid)/maps", encoding: .utf8)
    #expect(!maps.contains("libmicrohttpd") && !maps.contains("libcurl"))
    #expect(stage.stop() == 0)
  }
}
