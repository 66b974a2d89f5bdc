import HoldfastCore
import Testing

@Suite struct SessionKeyTests {
  @Test func aKeySurvivesItsText() {
    let keys = [
      SessionKey(agent: "a", channel: "c", kind: .direct, chat: "x"),
      SessionKey(agent: "a:b", channel: "c/d", kind: .group, chat: "%3A naïve 🐈", thread: "t"),
      SessionKey(agent: "a", channel: "c", kind: .group, chat: "x", user: "u"),
    ]
    for key in keys {
      let read = SessionKey(key.description)
      #expect(read == key && read?.chat == key.chat && read?.user == key.user)
      #expect(read?.thread == key.thread && read?.agent == key.agent)
    }
    #expect(Set(keys.map(\.description)).count == keys.count)
  }

  @Test func aUserIsNotTakenForAThread() {
    let thread = SessionKey(agent: "a", channel: "c", kind: .group, chat: "x", thread: "u")
    let user = SessionKey(agent: "a", channel: "c", kind: .group, chat: "x", user: "u")
    #expect(thread.description != user.description)
  }

  @Test(arguments: ["", "a:b:dm", "a:b:nobody:x", "a:b:dm:%zz", "a:b:dm:%ff", "a:b:dm:x:y:z:q"])
  func anythingElseIsNoKey(_ text: String) {
    #expect(SessionKey(text) == nil)
  }
}

@Suite struct SessionIDTests {
  @Test func anIdSurvivesItsTextInEitherCase() {
    var source = IdentitySource(seed: 3)
    for _ in 0..<50 {
      let id = source.session(at: WallTime(milliseconds: 1_800_000_000_000))
      #expect(SessionID(id.description) == id)
      #expect(SessionID(id.description.lowercased()) == id)
      #expect(id.createdMilliseconds == 1_800_000_000_000)
    }
  }

  @Test func textAndValueHaveTheSameOrder() {
    let values: [UInt128] = [0, 1, 31, 32, 1 << 80, .max]
    let texts = values.map { SessionID(value: $0).description }
    #expect(texts == texts.sorted() && texts.allSatisfy { $0.count == 26 })
  }

  @Test func laterIdsAreLargerAlsoWhenTheClockStepsBack() {
    var source = IdentitySource(seed: 1)
    let times: [Int64] = [1000, 1000, 999, 5, 2000]
    let ids = times.map { source.session(at: WallTime(milliseconds: $0)) }
    #expect(ids == ids.sorted() && Set(ids).count == ids.count)
  }

  @Test(arguments: ["", "short", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "0000000000000000000000000U"])
  func anythingElseIsNoId(_ text: String) {
    #expect(SessionID(text) == nil)
  }
}

@Suite struct TurnSetTests {
  @Test func rangesJoinAndSplit() {
    var set = TurnSet([3, 1, 2, 5])
    #expect(set.description == "1-3,5" && set.count == 4 && set.turns == [1, 2, 3, 5])
    set.append(6)
    #expect(set.description == "1-3,5-6")
    #expect(set.remove(2) && !set.remove(2))
    #expect(set.description == "1,3,5-6" && !set.contains(2) && set.contains(3))
  }

  @Test(arguments: ["", "1", "1-3", "1-3,5", "2,4,9-12"])
  func aSetSurvivesItsText(_ text: String) {
    #expect(TurnSet(text)?.description == text)
  }

  @Test(arguments: ["x", "3-1", "5,1", "1-2-3", "1,1", "-"])
  func anythingElseIsNoSet(_ text: String) {
    #expect(TurnSet(text) == nil)
  }

  @Test func aPrefixIsTakenUpToANumberAndABound() {
    var set = TurnSet([1, 2, 3, 7, 8])
    #expect(set.takePrefix(2, through: 9).description == "1-2")
    #expect(set.takePrefix(9, through: 7).description == "3,7")
    #expect(set.takePrefix(9, through: 7).isEmpty && set.description == "8")
  }
}
