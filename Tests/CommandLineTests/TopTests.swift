import HoldfastCore
import Testing

@testable import holdfast

/// `holdfast plugin top`
@Suite struct TopTests {
  private func load() -> HostLoad {
    var load = HostLoad()
    load.timeMilliseconds = 10_000
    var delay = DelayFigures()
    delay.p50Milliseconds = 0.021
    delay.p99Milliseconds = 0.13
    delay.p999Milliseconds = 1.5
    delay.maxMilliseconds = 12.3
    delay.samples = 6000
    load.executors = [ExecutorRow("engine", delay, sinceStart: delay)]
    load.process.cpuPercent = 1.24
    load.process.residentBytes = 31 << 20
    load.process.descriptors = 42
    load.process.threads = 18
    load.process.cpuMilliseconds = 900
    load.plugins = [
      plugin("busy", cpu: 40, p99: 2, calls: 7), plugin("calm", cpu: 0.02, p99: 9, calls: 90),
      plugin("again", cpu: 0.02, p99: 9, calls: 90),
    ]
    var call = CallInProgress()
    call.call = "recall"
    call.session = "01JCZK3V00000000000000000B"
    call.ageMilliseconds = 3210
    call.activity = .blocked
    load.plugins[0].inProgress = [call, call]
    var row = CallRow()
    row.call = "retain"
    row.count = 5
    load.plugins[1].callRows = [row]
    return load
  }

  private func plugin(_ name: String, cpu: Double, p99: Double, calls: UInt64) -> PluginLoadRow {
    var row = PluginLoadRow()
    row.instance = name
    row.state = "running"
    row.cpuPercent = cpu
    row.cpuMilliseconds = UInt64(cpu * 100)
    row.latency.p99Milliseconds = p99
    row.latency.samples = calls
    row.calls = calls
    return row
  }

  @Test func everythingIsShownWhereNobodyLooksAtColumns() {
    let text = TopScreen().text(load(), Terminal(width: nil))
    let lines = text.split(separator: "\n")
    #expect(
      lines[0]
        == "delay p99 0.13 ms, max 12.3 ms, last minute; cpu 1.2 %, 31 MiB, 42 descriptors, "
        + "18 threads")
    #expect(
      lines[2].split(separator: " ") == ["engine", "0.02", "0.13", "1.50", "12.3", "1.50", "12.3"])
    #expect(
      lines[4].hasPrefix("busy")
        && lines[4].hasSuffix("recall 3 s blocked +1 01JCZK3V00000000000000000B"))
  }

  @Test(arguments: [
    (TopScreen.Order.cpu, ["busy", "again", "calm"]), (.latency, ["again", "calm", "busy"]),
    (.calls, ["again", "calm", "busy"]), (.name, ["again", "busy", "calm"]),
    (.delay, ["again", "busy", "calm"]),
  ])
  func pluginsAreInTheOrderThatIsAskedFor(order: TopScreen.Order, names: [String]) {
    var screen = TopScreen()
    screen.take(order.key)
    #expect(screen.order == order)
    #expect(screen.sorted(load().plugins).map(\.instance) == names)
  }

  @Test(arguments: [40, 60, 80, 100, 140], [3, 8, 24])
  func itFitsTheWindow(width: Int, height: Int) {
    var screen = TopScreen()
    screen.take("e")
    let lines = screen.lines(load(), Terminal(width: width), height: height)
    #expect(lines.count == height)
    #expect(lines.allSatisfy { $0.displayWidth <= width }, "\(lines)")
    #expect(lines.last?.hasPrefix("sort: c cpu*") ?? false)
    if height == 24 { #expect(lines.contains { $0.hasPrefix("  retain") }) }
  }

  @Test(arguments: [40, 60, 80, 100, 140])
  func aStateThatIsNotRunningIsShown(width: Int) {
    var load = load()
    #expect(TopScreen().text(load, Terminal(width: width)).contains("STATE") == (width >= 130))
    load.plugins[1].state = "wedged"
    let text = TopScreen().text(load, Terminal(width: width))
    #expect(text.contains("STATE") && text.contains("wedged"))
    #expect(text.split(separator: "\n").allSatisfy { $0.displayWidth <= width }, "\(text)")
  }

  @Test func sharesAreThoseSinceTheAnswerBefore() {
    let first = load()
    var second = load()
    second.timeMilliseconds += 1000
    second.process.cpuMilliseconds += 500
    second.plugins[1].cpuMilliseconds += 250
    let shown = second.shares(since: first)
    #expect(shown.process.cpuPercent == 50)
    #expect(shown.plugins.map(\.cpuPercent) == [0, 25, 0])
    #expect(second.shares(since: nil) == second)
  }

  @Test(arguments: [
    (0, "0.00"), (0.004, "0.00"), (1.999, "2.00"), (9.99, "9.99"), (12.34, "12.3"),
    (123.6, "124"), (1234.4, "1234"), (93_811, "93 s"), (.infinity, "?"), (.nan, "?"),
  ])
  func millisecondsKeepTheDigitsThatMatter(value: Double, text: String) {
    #expect(LoadText.milliseconds(value) == text)
  }

  @Test func aColumnThatIsNoneIsTold() throws {
    let result = try Program().run("plugin", "top", "--sort", "latancy")
    #expect(result.status == 2 && result.errors.contains("latency"))
  }

  @Test func aHostThatDoesNotRunIsTold() throws {
    #expect(try Program().run("plugin", "top").status == 3)
  }

  @Test func oneObjectOrOneForEachSecondIsPrinted() throws {
    let program = try Program()
    let answer = load()
    let host = try FakeHost(program) { _ in .load(answer) }
    let result = try program.run("plugin", "top", "--json")
    #expect(result.status == 0 && result.output.contains(#""p999_ms": 1.5"#))
    host.stop()
  }
}
