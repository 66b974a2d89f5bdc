import HoldfastCore
import Testing

/// Places that turns take, and who has the next one.
@Suite struct TurnPoolTests {
  private func ticket(_ age: Int64, _ number: Int = 0, isBackground: Bool = false)
    -> TurnPool.Ticket
  {
    let key = SessionKey(agent: "a", channel: "c", kind: .direct, chat: "\(age)")
    return TurnPool.Ticket(key: key, age: age, number: number, isBackground: isBackground)
  }

  @Test func placesAreTakenUntilThereAreNoMore() {
    var pool = TurnPool(capacity: 2)
    #expect(pool.take(ticket(1)) == true)
    #expect(pool.take(ticket(2)) == true)
    #expect(pool.take(ticket(3)) == false)
    #expect(pool.taken == 2 && pool.waiting == 1 && pool.next() == nil)
    pool.giveBack()
    #expect(pool.next() == ticket(3))
    #expect(pool.taken == 2 && pool.waiting == 0)
  }

  @Test func theOldestComesFirstInWhateverOrderTheyCame() {
    var pool = TurnPool(capacity: 1)
    #expect(pool.take(ticket(1)) == true)
    for age in [5, 3, 9, 4, 7] as [Int64] { #expect(pool.take(ticket(age)) == false) }
    var order: [Int64] = []
    for _ in 0..<5 {
      pool.giveBack()
      if let next = pool.next() { order.append(next.age) }
    }
    #expect(order == [3, 4, 5, 7, 9])
  }

  @Test func callsOfOneTurnKeepTheirOrder() {
    var pool = TurnPool(capacity: 1)
    #expect(pool.take(ticket(1)) == true)
    for number in [3, 1, 2] { #expect(pool.take(ticket(2, number)) == false) }
    var order: [Int] = []
    for _ in 0..<3 {
      pool.giveBack()
      if let next = pool.next() { order.append(next.number) }
    }
    #expect(order == [1, 2, 3])
  }

  @Test func whoeverAPersonWaitsForComesFirst() {
    var pool = TurnPool(capacity: 1)
    #expect(pool.take(ticket(1)) == true)
    #expect(pool.take(ticket(2, isBackground: true)) == false)
    #expect(pool.take(ticket(3)) == false)
    pool.giveBack()
    #expect(pool.next() == ticket(3))
    pool.giveBack()
    #expect(pool.next() == ticket(2, isBackground: true))
  }

  @Test func nobodyWaitsForEver() {
    var pool = TurnPool(capacity: 1)
    #expect(pool.take(ticket(1)) == true)
    #expect(pool.take(ticket(2, isBackground: true)) == false)
    var passed = 0
    for age in 10...40 as ClosedRange<Int64> {
      #expect(pool.take(ticket(age)) == false)
      pool.giveBack()
      guard let next = pool.next() else { break }
      if next.isBackground { break }
      passed += 1
    }
    #expect(passed == TurnPool.patience)
  }

  @Test func whoLeavesIsNotServed() {
    var pool = TurnPool(capacity: 1)
    #expect(pool.take(ticket(1)) == true)
    for age in [2, 3, 4] as [Int64] { #expect(pool.take(ticket(age)) == false) }
    #expect(pool.leave(ticket(3)) == true)
    #expect(pool.leave(ticket(3)) == false)
    #expect(pool.leave(ticket(2)) == true)
    #expect(pool.waiting == 1)
    pool.giveBack()
    #expect(pool.next() == ticket(4))
  }

  @Test func nobodyOvertakesWhoWaitsWhenAPlaceIsFree() {
    var pool = TurnPool(capacity: 1)
    #expect(pool.take(ticket(1)) == true)
    #expect(pool.take(ticket(5)) == false)
    pool.giveBack()
    #expect(pool.take(ticket(2)) == false, "it asks, and is the older one")
    #expect(pool.next() == ticket(2))
  }

  @Test func aThousandWaitersAreServedInOrderAndLeaveNothing() {
    var pool = TurnPool(capacity: 3)
    for age in 1...1000 as ClosedRange<Int64> { _ = pool.take(ticket(age)) }
    for age in stride(from: 4, through: 1000, by: 2) as StrideThrough<Int64> {
      #expect(pool.leave(ticket(age)) == true)
    }
    var order: [Int64] = []
    for _ in 0..<3 { pool.giveBack() }
    while let next = pool.next() {
      order.append(next.age)
      pool.giveBack()
    }
    #expect(order == Array(stride(from: 5, through: 999, by: 2)))
    #expect(pool.taken == 0 && pool.waiting == 0)
  }
}
