import HoldfastCore
import Testing

@Suite struct TimerQueueTests {
  private func instant(_ number: UInt64) -> Instant { Instant(nanoseconds: number) }

  @Test func keysComeInTheOrderOfTheirInstants() {
    var timers = TimerQueue<String>()
    for (key, at) in [("c", 30), ("a", 10), ("b", 20), ("b2", 20)] as [(String, UInt64)] {
      timers.add(key, at: instant(at))
    }
    #expect(timers.next == instant(10))
    #expect(timers.pop(at: instant(9)) == nil)
    var order: [String] = []
    while let key = timers.pop(at: instant(99)) { order.append(key) }
    #expect(order == ["a", "b", "b2", "c"] && timers.next == nil)
  }

  @Test func anEarlierWakeUpReplacesALaterOne() {
    var timers = TimerQueue<String>()
    timers.add("a", at: instant(30))
    timers.add("a", at: instant(10))
    timers.add("a", at: instant(20))
    #expect(timers.pop(at: instant(10)) == "a")
    #expect(timers.pop(at: instant(99)) == nil)
  }

  @Test func manyKeysComeSorted() {
    var timers = TimerQueue<UInt64>()
    var source = IdentitySource(seed: 5)
    for key in 0..<500 as Range<UInt64> { timers.add(key, at: instant(source.next() % 1000)) }
    var last = instant(0)
    var count = 0
    while let next = timers.next, timers.pop(at: next) != nil {
      #expect(next >= last)
      last = next
      count += 1
    }
    #expect(count == 500)
  }
}

@Suite struct BreakerTests {
  @Test func fiveFailuresInARowOpenItForAWhile() {
    var breaker = Breaker()
    let now = Instant(nanoseconds: 5)
    for _ in 1..<Breaker.threshold { breaker.failed(at: now) }
    #expect(!breaker.isOpen(at: now))
    breaker.failed(at: now)
    #expect(breaker.isOpen(at: now))
    #expect(!breaker.isOpen(at: now + Breaker.pause))
    breaker.failed(at: now + Breaker.pause)
    #expect(breaker.isOpen(at: now + Breaker.pause))
    breaker.succeeded()
    #expect(!breaker.isOpen(at: now + Breaker.pause))
  }

  @Test func aSuccessBeginsTheCountAnew() {
    var breaker = Breaker()
    let now = Instant(nanoseconds: 5)
    for _ in 0..<20 {
      for _ in 1..<Breaker.threshold { breaker.failed(at: now) }
      breaker.succeeded()
    }
    #expect(!breaker.isOpen(at: now))
  }
}
