import HoldfastCore
import HoldfastThreads
import Testing

@testable import HoldfastRuntime

@Suite struct LivenessProbeTests {
  /// A thread that answers what it is asked when a test says so.
  private final class Executor: Probed, @unchecked Sendable {
    // Safe: the count is used under the monitor's lock, the rest is constant.
    let probe = ThreadProbe()
    private let monitor = Monitor()
    private let answers: Bool
    private var count = 0

    init(answers: Bool) { self.answers = answers }

    func sendProbe(at nanoseconds: UInt64) {
      probe.send(at: nanoseconds)
      if answers { probe.answer() }
      monitor.withLock { count += 1 }
      monitor.wakeAll()
    }

    func waitForProbes(_ wanted: Int) {
      monitor.withLock { while count < wanted { monitor.wait() } }
    }
  }

  /// What was warned of.
  private final class Warnings: @unchecked Sendable {
    // Safe: the list is used under the monitor's lock.
    private let monitor = Monitor()
    private var all: [LivenessWarning] = []

    func add(_ warning: LivenessWarning) {
      monitor.withLock { all.append(warning) }
      monitor.wakeAll()
    }

    func first() -> LivenessWarning {
      monitor.withLock {
        while all.isEmpty { monitor.wait() }
        return all[0]
      }
    }
  }

  private func status(of probe: LivenessProbe) throws -> HostStatus {
    let box = Answer()
    probe.completing(.status) { box.take($0) }(.status(HostStatus()))
    guard case .status(let status)? = box.answer else { throw Missing() }
    return status
  }

  /// The one answer to a question.
  private final class Answer: @unchecked Sendable {
    // Safe: the answer is given on the thread that asks.
    private(set) var answer: ControlAnswer?

    func take(_ answer: ControlAnswer) { self.answer = answer }
  }

  private struct Missing: Error {}

  @Test func aThreadThatDoesNotComeIsNamedWhileTheOthersAreMeasured() throws {
    let (stuck, well) = (Executor(answers: false), Executor(answers: true))
    let warnings = Warnings()
    let workload = Workload()
    let probe = LivenessProbe(
      workload: workload, executors: [("engine", well), ("journal", stuck)], plugged: { [] },
      warn: { warnings.add($0) })
    workload.note(isBusy: true)
    probe.start()
    let warning = warnings.first()
    #expect(warning.name == "journal" && warning.instance == nil)
    #expect(warning.age >= LivenessWatch.limit)
    well.waitForProbes(50)
    let rows = try status(of: probe).executors
    #expect(rows.map(\.name) == ["engine", "journal", "probe"])
    #expect(rows[0].samples >= 49 && rows[0].sinceStart.samples >= 49)
    #expect(rows[1].outstandingMilliseconds >= 1000)
    #expect(rows[1].maxMilliseconds >= 1000, "a probe that is out counts")
    #expect(stuck.probe.outSince != nil)
    probe.end()
  }

  @Test func aRestEndsWithTheProbeHoweverLongItIs() {
    let workload = Workload()
    let thread = NamedThread("test-rest") {
      // Until the end of time, had nobody an end to it.
      #expect(workload.rest(until: .max >> 1, untilBusy: false) == false)
    }
    workload.end()
    thread.join()
  }

  @Test func aLongRestEndsWithTheFirstWork() {
    let workload = Workload()
    let thread = NamedThread("test-rest") {
      #expect(workload.rest(until: .max >> 1, untilBusy: true) == true)
    }
    workload.note(isBusy: true)
    thread.join()
    #expect(workload.rest(until: .max >> 1, untilBusy: true), "there is work already")
    workload.end()
  }

  @Test func theProbeEndsAndIsNotSentAnyMore() {
    let well = Executor(answers: true)
    let probe = LivenessProbe(
      workload: Workload(), executors: [("engine", well)], plugged: { [] }, warn: { _ in })
    probe.start()
    well.waitForProbes(1)
    probe.end()
    _ = well.probe.take()
    probe.end()
    #expect(well.probe.take() == nil && well.probe.outSince == nil)
  }
}
