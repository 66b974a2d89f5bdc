import HoldfastCore
import Testing

/// What probes count as, when they are sent, and when somebody is warned.
@Suite struct LivenessTests {
  private func at(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: 0) + .milliseconds(milliseconds)
  }

  // MARK: Delay

  @Test func aLongStopCountsAsAllTheProbesThatItKeptFromBeingSent() {
    var meter = DelayMeter()
    for step in 0..<100 as Range<Int64> {
      meter.record(.microseconds(50), every: .milliseconds(10), at: at(step * 10))
    }
    meter.record(.seconds(1), every: .milliseconds(10), at: at(2000))
    let figures = meter.lastMinute(at: at(2000))
    #expect(figures.samples == 200)
    #expect(figures.p50Milliseconds <= 11, "half of all probes found the thread at work")
    #expect(figures.p99Milliseconds >= 970)
    #expect(figures.maxMilliseconds == 1000)
    #expect(meter.sinceStart() == figures)
  }

  @Test func aProbeThatIsStillOutCountsWithItsAge() {
    var meter = DelayMeter()
    meter.record(.microseconds(50), every: .milliseconds(10), at: at(0))
    let figures = meter.lastMinute(
      at: at(5000), outstanding: .seconds(5), every: .milliseconds(10))
    #expect(figures.samples == 501 && figures.maxMilliseconds == 5000)
    #expect(figures.p50Milliseconds >= 2400)
    #expect(meter.lastMinute(at: at(5000)).samples == 1, "looking changes nothing")
    let young = meter.lastMinute(at: at(5), outstanding: .milliseconds(5))
    #expect(young.samples == 1, "a probe that is not late yet says nothing")
  }

  @Test func sparseProbesAreNotTakenForDenseOnes() {
    var meter = DelayMeter()
    meter.record(.milliseconds(2500), every: .seconds(1), at: at(3000))
    #expect(meter.lastMinute(at: at(3000)).samples == 3)
  }

  @Test func whatIsOlderThanAMinuteCountsSinceTheStartAlone() {
    var meter = DelayMeter()
    meter.record(.milliseconds(7), every: .milliseconds(10), at: at(0))
    meter.record(waiting: .milliseconds(3), at: at(70_000))
    #expect(meter.lastMinute(at: at(70_000)).maxMilliseconds == 3)
    #expect(meter.sinceStart().maxMilliseconds == 7 && meter.sinceStart().samples == 2)
  }

  // MARK: Pace

  @Test func probesAreDenseWhileThereIsWorkAndOnceASecondElse() {
    var pace = ProbePace()
    #expect(pace.wait(isBusy: false, at: at(0)) == .seconds(1))
    #expect(pace.wait(isBusy: true, at: at(1000)) == .milliseconds(10))
    #expect(pace.wait(isBusy: false, at: at(1010)) == .milliseconds(10), "a pause is no end")
    #expect(pace.wait(isBusy: true, at: at(1030)) == .milliseconds(10))
    #expect(pace.wait(isBusy: false, at: at(1079)) == .milliseconds(10))
    #expect(pace.wait(isBusy: false, at: at(1080)) == .seconds(1))
  }

  @Test func ofManySomeAreLookedAtAndAllHaveTheirTurn() {
    var share = ProbeShare()
    #expect(share.next(of: 3) == [0, 1, 2] && share.next(of: 3) == [0, 1, 2])
    #expect(share.next(of: 0).isEmpty)
    var seen: Set<Int> = []
    for round in 0..<32 {
      let places = share.next(of: 1000)
      #expect(places.count == ProbeShare.most, "round \(round)")
      seen.formUnion(places)
    }
    #expect(seen.count == 1000)
    #expect(share.next(of: 2) == [0, 1], "when most of them have gone")
  }

  @Test func threadsAreWokenInTurn() {
    var rota = ProbeRota()
    #expect((0..<7).map { _ in rota.next(of: 3) } == [0, 1, 2, 0, 1, 2, 0])
    #expect(rota.next(of: 0) == nil)
    #expect(rota.next(of: 1) == 0, "one of those before is gone")
  }

  // MARK: Calls

  @Test func aThreadThatUsesTheProcessorSpins() {
    var watch = CallWatch()
    let began = at(0)
    #expect(watch.look(callSince: began, cpu: .seconds(9), at: at(10)) == .unknown)
    #expect(watch.look(callSince: began, cpu: .seconds(9), at: at(50)) == .unknown)
    #expect(
      watch.look(callSince: began, cpu: .milliseconds(9020), at: at(210)) == .spinning,
      "a tenth of a core, as on a machine with much else to do")
    #expect(watch.look(callSince: began, cpu: .milliseconds(9900), at: at(1210)) == .spinning)
    // It computed first and waits now.
    for second in 2...4 as ClosedRange<Int64> {
      _ = watch.look(callSince: began, cpu: .milliseconds(9900), at: at(second * 1000 + 300))
    }
    #expect(watch.look(callSince: began, cpu: .milliseconds(9901), at: at(5400)) == .blocked)
  }

  @Test func whatAnotherCallUsedDoesNotCount() {
    var watch = CallWatch()
    for step in 0...20 as ClosedRange<Int64> {
      _ = watch.look(callSince: at(0), cpu: .milliseconds(step * 100), at: at(step * 100))
    }
    let next = at(2001)
    #expect(watch.look(callSince: next, cpu: .milliseconds(2001), at: at(2010)) == .unknown)
    #expect(watch.look(callSince: next, cpu: .milliseconds(2001), at: at(2200)) == .blocked)
    #expect(watch.look(callSince: nil, cpu: .milliseconds(2001), at: at(2300)) == .unknown)
  }

  @Test func useIsThatOfTheLastMinute() {
    var usage = UsageWindow()
    for second in 0...300 as ClosedRange<Int64> {
      let cpu = second <= 200 ? 0 : (second - 200) * 250
      usage.look(cpu: .milliseconds(cpu), at: at(second * 1000))
    }
    let percent = usage.percent(cpu: .milliseconds(25_000), at: at(300_000))
    #expect(percent > 24.9 && percent < 25.1)
    #expect(UsageWindow().percent(cpu: .seconds(1), at: at(1000)) == 0)
  }

  // MARK: Warnings

  @Test func aWarningIsRepeatedSeldomAndSoonerWhereSomethingWaits() {
    var quiet = LivenessWatch()
    var loud = LivenessWatch()
    var said = (quiet: 0, loud: 0)
    for second in 0..<600 as Range<Int64> {
      let (age, now) = (Duration.seconds(second), at(second * 1000))
      if quiet.isDue(age, after: .seconds(1), isAwaited: false, at: now) { said.quiet += 1 }
      if loud.isDue(age, after: .seconds(1), isAwaited: true, at: now) { said.loud += 1 }
    }
    #expect(said.quiet == 5 && said.loud == 20)
    var young = LivenessWatch()
    let early = young.isDue(.milliseconds(999), after: .seconds(1), isAwaited: true, at: at(0))
    let due = young.isDue(.seconds(1), after: .seconds(1), isAwaited: true, at: at(0))
    #expect(!early && due)
  }

  @Test func aSentenceNamesPluginCallSessionAndTime() throws {
    var warning = LivenessWarning("notes")
    warning.age = .milliseconds(1250)
    #expect(
      warning.sentence.hasPrefix("the host's own thread notes has not come to its work for 1.2"))
    warning.instance = InstanceID("notes")
    #expect(warning.sentence.contains("plugin notes has not come to what waits for it for 1.2 s"))
    warning.call = "recall"
    warning.session = SessionID(value: 77)
    warning.activity = .spinning
    warning.waiting = 3
    let session = SessionID(value: 77).description
    #expect(
      warning.sentence
        == "plugin notes has been in recall for session \(session) for 1.2 s, spinning; "
        + "waiting behind it: 3")
  }

  // MARK: Pressure

  @Test func whatTheKernelSaysIsRead() throws {
    let row = try #require(
      PressureRow(
        resource: "io",
        text: """
          some avg10=12.50 avg60=3.00 avg300=1.00 total=123
          full avg10=2.25 avg60=0.50 avg300=0.10 total=45

          """))
    #expect(row.resource == "io" && row.someTenSeconds == 12.5 && row.someMinute == 3)
    #expect(row.fullTenSeconds == 2.25 && row.fullMinute == 0.5)
    #expect(PressureRow(resource: "cpu", text: "") == nil)
    #expect(PressureRow(resource: "cpu", text: "some avg10=a avg60=b") == nil)
  }
}
