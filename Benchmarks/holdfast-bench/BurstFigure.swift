import HoldfastCore
import HoldfastPorts

/// Events that no row stands for, as fast as they can be handed over.
enum BurstFigure {
  static func measure(_ around: Surroundings) throws -> [Figure] {
    let shared = try SharedCounters(path: around.folder + "/burst.shared")
    setSharedPath(shared.path)
    let loader = PluginLoader(
      stateFolder: around.folder("burst"), prefix: around.programs, log: { _, _, _ in },
      report: { _, _ in })
    let port = loader.start(
      PluginStart(
        instance: InstanceID("listener"), file: around.plugin("bench_listener"),
        stateFolder: around.folder("burst-plugin"), runtimeFolder: around.folder("burst-run")))
    defer { port.destroy() }
    var rates: [Double] = []
    var total: UInt64 = 0
    for _ in 0..<around.times(9) {
      let start = nanoseconds()
      for burst in 0..<bursts {
        port.deliver(events(after: total + UInt64(burst * size)))
      }
      total += UInt64(bursts * size)
      try shared.wait(for: .events, atLeast: total)
      rates.append(Double(bursts * size) / Double(nanoseconds() - start) * 1000)
    }
    let rate = Samples(rates).median
    return [
      Figure(
        "unjournalled events in bursts", asked: "≥ 2 M/s", measured: "\(short(rate)) M/s",
        isReached: rate >= 2,
        note: """
          `turn.started` with its text and its place, handed to the port of a C plugin in
          \(grouped(bursts)) bursts of \(grouped(size)), until its callback has had the last one;
          median of \(rates.count) runs
          """)
    ]
  }

  private static let size = 1000
  private static let bursts = 200

  private static func events(after number: UInt64) -> [(BusEvent, UInt64)] {
    let key = SessionKey(agent: "main", channel: "console", kind: .direct, chat: "bench")
    var context = CallContext()
    context.session = SessionID(value: 1 << 90)
    context.key = key
    context.scope = Scope("main/channel:console/user:bench")
    var event = BusEvent(kind: .turnStarted, context: context)
    event.userText = "what is my cat called?"
    return (1...size).map { (event, number + UInt64($0)) }
  }
}
