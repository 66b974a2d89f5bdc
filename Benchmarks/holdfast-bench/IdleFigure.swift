/// What a host costs that has nothing to do.
enum IdleFigure {
  private static let seconds = 20

  static func measure(_ around: Surroundings) throws -> [Figure] {
    let host = try RunningHost(around, state: around.folder("idle"))
    defer { host.stop() }
    let client = try ConsoleClient(path: host.console)
    for number in 0..<20 { try client.say("I like the number \(number)") }
    idle(microseconds: 3_000_000)
    let before = host.child.processorTime()
    let start = nanoseconds()
    idle(microseconds: UInt32(seconds) * 1_000_000)
    let share = (host.child.processorTime() - before) / Double(nanoseconds() - start) * 100
    return [
      Figure(
        "processor time of an idle host", asked: "≤ 0.05 %", measured: "\(short(share)) %",
        isReached: share <= 0.05,
        note: """
          all threads of `holdfast run` with Console, SQLiteMemory and RecallModel, a client
          connected, within \(seconds) s that begin 3 s after the last of 20 turns; a share of one
          core, from the scheduler's own count of nanoseconds
          """)
    ]
  }
}
