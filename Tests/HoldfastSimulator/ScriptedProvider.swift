import HoldfastCore

/// A memory provider as the world plays it.
public struct ScriptedProvider: Sendable {
  /// Where its memories go: another one is another store.
  public var destination: String
  /// Its library is there.
  public var isInstalled = true
  /// It can take turns back.
  public var canWithdraw = true
  /// Of so many sessions it takes batches at once.
  public var concurrentSessions = 1
  /// What it says is to stand in a summary.
  public var keeps = ""
  /// It answers with memories of other scopes too, and with withdrawn ones.
  public var isIndiscreet = false

  /// A provider that works.
  public init(destination: String) { self.destination = destination }
}

/// What a provider was asked to recall.
struct Question {
  let instance: InstanceID
  let context: CallContext
}

extension World {
  func store(of instance: InstanceID) -> Store {
    stores[storeName(of: instance)] ?? Store()
  }

  func storeName(of instance: InstanceID) -> String {
    "\(instance)/\(providers[instance]?.destination ?? "")"
  }

  func applyRetain(_ request: RetainRequest, of flight: Flight) -> PluginAnswer {
    let instance = flight.instance
    let known = flight.life == life ? flights[flight.id] : nil
    let isStray = known.map { $0.isCancelled || $0.isAnswered } ?? true
    // A late request goes where it was sent, whatever the provider's destination is by now.
    guard let enrolment = synced.journal.enrolments[request.cut.enrolment] else {
      fail(.syncedFirst, "a batch reached \(instance) for an enrolment that is not in the journal")
      return PluginAnswer(.failed)
    }
    let name = "\(instance)/\(enrolment.destination)"
    var store = stores[name] ?? Store()
    let isNew = store.retain(request, isStray: isStray)
    stores[name] = store
    let what = "\(Describe.tail(request.cut.session)) \(request.cut.turns)"
    tell("\(name) \(isNew ? "stores" : "has") \(what)")
    if isNew {
      checkStored(request, in: store, of: enrolment)
      checkStillWanted(request, of: enrolment)
    }
    return PluginAnswer(isNew ? .ok : .duplicate)
  }

  func applyWithdrawal(_ request: WithdrawRequest, at instance: InstanceID) -> PluginAnswer {
    stores[storeName(of: instance), default: Store()].withdraw(request)
    return PluginAnswer(.ok)
  }

  /// What a provider remembers of a scope. Each text names the question it answers, so that one
  /// that turns up in a prompt can be traced.
  func items(for flight: Flight) -> [RecallItem] {
    let tag = "\(flight.life).\(flight.id.value)"
    recalls[tag] = Question(instance: flight.instance, context: flight.context)
    let store = store(of: flight.instance)
    var items = store.entries(in: flight.context.scope, limit: 3).map { item(for: $0, tag) }
    if providers[flight.instance]?.isIndiscreet ?? false {
      let others = store.documents.keys.sorted().flatMap { store.documents[$0] ?? [] }
      items += others.filter { $0.scope != flight.context.scope }.suffix(2).map {
        item(for: $0, tag)
      }
    }
    return items
  }

  private func item(for entry: Store.Entry, _ tag: String) -> RecallItem {
    var item = RecallItem(
      text: "\(tag) remembers \(entry.session) \(entry.turn)", score: 1, scope: entry.scope)
    item.session = entry.session
    item.firstTurn = entry.turn
    item.lastTurn = entry.turn
    return item
  }
}
