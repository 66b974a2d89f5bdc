import HoldfastCore
import Testing

/// One holder, the others in the order in which they came, and nobody looks again and again.
@Suite struct WriteLockTests {
  private let start = Instant(nanoseconds: 1_000_000_000)

  /// A lock with so many who wait, each a millisecond behind the one before.
  private func crowd(_ count: Int) -> WriteLock<Int> {
    var lock = WriteLock<Int>()
    for number in 0..<count {
      let now = start + .milliseconds(Int64(number))
      _ = lock.wait(number, as: .message, for: "message", at: now, until: now + .seconds(60))
    }
    return lock
  }

  @Test func aThousandGetItInTheOrderInWhichTheyCame() {
    var lock = crowd(1000)
    var order: [Int] = []
    while let entry = lock.grant(at: start, token: 1) {
      order.append(entry.waiter)
      #expect(lock.next == nil, "one holds it")
      #expect(lock.grant(at: start, token: 1) == nil)
      #expect(lock.release()?.waiter == entry.waiter)
    }
    #expect(order == Array(0..<1000))
    #expect(lock.holder == nil && lock.waiting.isEmpty)
  }

  @Test func cancellingOneLeavesTheOthersAsTheyWere() {
    var lock = crowd(1000)
    let tickets = lock.waiting.elements.map(\.ticket)
    for place in [0, 500, 999] { #expect(lock.cancel(tickets[place])?.waiter == place) }
    #expect(lock.cancel(tickets[500]) == nil)
    #expect(lock.cancel(where: { $0 == 7 }).map(\.waiter) == [7])
    var order: [Int] = []
    while let entry = lock.grant(at: start, token: 1) {
      order.append(entry.waiter)
      lock.release()
    }
    #expect(order == (1..<999).filter { $0 != 500 && $0 != 7 })
  }

  @Test func aTimeOutNamesTheHolderItsPurposeAndItsAge() {
    var lock = WriteLock<Int>()
    _ = lock.wait(0, as: .command, for: "undo", at: start, until: start + .seconds(60))
    #expect(lock.excuse(at: start) == nil)
    lock.grant(at: start, token: 3)
    let later = start + .seconds(1)
    _ = lock.wait(1, as: .operator_, for: "delete", at: later, until: later + .seconds(60))
    #expect(lock.expire(at: start + .seconds(60)).isEmpty, "not before its time")
    let expired = lock.expire(at: start + .seconds(61))
    #expect(expired.map(\.waiter) == [1])
    #expect(
      lock.excuse(at: start + .seconds(61)) == "undo of a person's command has held it for 61 s")
    #expect(lock.holder?.token == 3 && lock.waiting.isEmpty)
  }

  /// Whoever keeps the lock is to be woken for the first deadline and for nothing before it.
  @Test func thereIsOneWakeUpHoweverManyWait() {
    var lock = crowd(1000)
    let limit = Duration.seconds(600)
    #expect(lock.wake(overdueAfter: limit) == start + .seconds(60))
    lock.grant(at: start, token: 1)
    #expect(lock.wake(overdueAfter: limit) == start + .milliseconds(60_001))
    var wakes = 0
    while let wake = lock.wake(overdueAfter: limit), !lock.waiting.isEmpty {
      wakes += 1
      let expired = lock.expire(at: wake)
      #expect(expired.count == 1, "nobody is woken for nothing")
    }
    #expect(wakes == 999)
  }

  @Test func oneThatHoldsItForTooLongIsReportedOnce() {
    var lock = crowd(1)
    let limit = Duration.seconds(30)
    lock.grant(at: start, token: 1)
    lock.keep()
    lock.releaseUnlessKept()
    #expect(lock.holder?.isKept == true)
    #expect(lock.wake(overdueAfter: limit) == start + limit)
    #expect(lock.overdue(after: limit, at: start + .milliseconds(29_999)) == nil)
    #expect(lock.overdue(after: limit, at: start + limit)?.waiter == 0)
    #expect(lock.overdue(after: limit, at: start + .seconds(99)) == nil)
    #expect(lock.wake(overdueAfter: limit) == nil)
    #expect(lock.release() != nil && lock.release() == nil)
  }

  @Test func nobodyGivesUpBeforeOneWhoCameEarlier() {
    var lock = WriteLock<Int>()
    _ = lock.wait(0, as: .message, for: "", at: start, until: start + .seconds(60))
    _ = lock.wait(1, as: .message, for: "", at: start, until: start + .seconds(1))
    #expect(lock.waiting.elements.map(\.deadline) == [start + .seconds(60), start + .seconds(60)])
    #expect(lock.expire(at: start + .seconds(60)).map(\.waiter) == [0, 1])
  }
}
