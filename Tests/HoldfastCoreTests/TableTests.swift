import HoldfastCore
import HoldfastSimulator
import Testing

/// A table against a dictionary.
@Suite struct TableTests {
  /// Marks of which many are the same, so that entries push each other on.
  private struct Name: TableKey {
    let number: Int
    var mark: UInt64 { UInt64(number % 7) }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func holdsWhatADictionaryHoldsThroughAnyChanges(seed: UInt64) {
    var random = Random(seed: seed)
    var table = Table<Name, [Int]>()
    var model: [Name: [Int]] = [:]
    for step in 0..<2000 {
      let name = Name(number: random.below(60))
      switch random.below(4) {
      case 0:
        table[name] = [step]
        model[name] = [step]
      case 1:
        table[name]?.append(step)
        model[name]?.append(step)
      case 2:
        table.fill(name, with: [step])
        if model[name] == nil { model[name] = [step] }
      default:
        table[name] = nil
        model[name] = nil
      }
      #expect(table[name] == model[name])
      #expect(table.count == model.count)
    }
    #expect(Set(table.keys) == Set(model.keys))
    #expect(Dictionary(uniqueKeysWithValues: table.map { ($0.key, $0.value) }) == model)
    for number in 0..<60 {
      #expect(table.contains(Name(number: number)) == (model[Name(number: number)] != nil))
    }
  }

  @Test func aNameThatIsOnlyAskedForTakesNoPlace() {
    var table = Table<Name, Int>()
    table[Name(number: 1)]? += 1
    table[Name(number: 2)] = nil
    #expect(table.isEmpty)
    #expect(table.keys.isEmpty)
  }
}
