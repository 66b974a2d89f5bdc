public import HoldfastCore

/// A call on its way to a plugin and back.
struct Flight {
  let life: Int
  let instance: InstanceID
  let id: OperationID
  let name: String
  let call: PluginCall?
  let context: CallContext
  var behaviour = Behaviour.ok
  var isCancelled = false
  var isAnswered = false
}

/// A recall, or a prefetch.
public struct Asked: Sendable {
  /// Which of the two.
  public let name: String
  /// Who was asked.
  public let instance: InstanceID
  /// What for.
  public let context: CallContext
  /// The question.
  public let query: String
}

extension World {
  func called(
    _ instance: InstanceID, _ id: OperationID, _ call: PluginCall, deadline: Instant?
  ) {
    let call = tampered(call)
    if !running.contains(instance) { fail("\(instance) is not there and is asked to \(call.name)") }
    checkCall(instance, call)
    if case .recall(let request) = call {
      asked.append(
        Asked(
          name: "recall", instance: instance, context: request.context, query: request.query))
    }
    var flight = Flight(
      life: life, instance: instance, id: id, name: call.name, call: call,
      context: Self.context(of: call))
    flight.behaviour = behaviour(of: flight)
    begin(flight)
  }

  func called(_ instance: InstanceID, _ id: OperationID, prefetch event: BusEvent) {
    asked.append(
      Asked(
        name: "prefetch", instance: instance, context: event.context, query: event.userText))
    var flight = Flight(
      life: life, instance: instance, id: id, name: "prefetch", call: nil, context: event.context)
    flight.behaviour = behaviour(of: flight)
    begin(flight)
  }

  private static func context(of call: PluginCall) -> CallContext {
    switch call {
    case .retain(let request): request.context
    case .withdraw(let request): request.context
    case .recall(let request): request.context
    case .send(let request): request.context
    case .respond(let request): request.context
    case .callTool(let call): call.context
    case .instructions(let context), .startChannel(let context), .stopChannel(let context),
      .listTools(let context):
      context
    }
  }

  private func begin(_ flight: Flight) {
    flights[flight.id] = flight
    checkTurn(of: flight)
    if holds[flight.instance]?.contains(flight.name) ?? false {
      held.append(flight)
    } else {
      run(flight)
    }
  }

  /// What the plugin makes of the call: as scripted, else as the seed has it.
  private func behaviour(of flight: Flight) -> Behaviour {
    if let next = scripted[flight.instance]?[flight.name]?.first {
      scripted[flight.instance]?[flight.name]?.removeFirst()
      return next
    }
    let rate =
      switch flight.name {
      case "retain", "withdraw", "recall", "prefetch", "tool", "tools": faults.memory
      case "respond": faults.model
      case "send", "start": faults.channel
      default: 0
      }
    guard rate > 0, random.chance(rate) else { return .ok }
    return random.pick(Behaviour.allCases) ?? .ok
  }

  func run(_ flight: Flight) {
    let quick = random.milliseconds(delays)
    switch flight.behaviour {
    case .ok: act(flight, after: quick, then: quick)
    case .slow:
      let slow = random.milliseconds(random.chance(500) ? 200...5000 : 5000...300_000)
      act(flight, after: slow, then: quick)
    case .hung, .stuck: break
    case .failed: answer(flight, PluginAnswer(.failed, text: "not now"), after: quick)
    case .refused: refuse(flight, after: quick)
    case .late: act(flight, after: random.milliseconds(1000...600_000), then: nil)
    case .lost: act(flight, after: quick, then: nil)
    case .double:
      act(flight, after: quick, then: quick)
      answer(flight, PluginAnswer(.ok), after: quick + quick + random.milliseconds(1...500))
    case .crashed:
      act(flight, after: quick, then: nil)
      answer(flight, PluginAnswer(.crashed, text: "the plugin ended"), after: quick)
    case .unknown:
      if random.chance(500) { act(flight, after: quick, then: nil) }
      answer(flight, PluginAnswer(.unknown, text: "nobody knows"), after: quick)
    }
  }

  /// A refusal for good is the truth: a provider that has the batch says so instead.
  private func refuse(_ flight: Flight, after delay: Duration) {
    if case .retain(let request) = flight.call,
      store(of: flight.instance).keys.contains(request.key)
    {
      return answer(flight, PluginAnswer(.duplicate), after: delay)
    }
    if flight.name == "withdraw" { return act(flight, after: delay, then: delay) }
    answer(flight, PluginAnswer(.refused, text: "never"), after: delay)
  }

  /// The plugin does what it was asked to, whoever is still there, and then answers.
  private func act(_ flight: Flight, after delay: Duration, then answer: Duration?) {
    schedule(after: delay, life: nil) { world in
      let result = world.apply(flight)
      if let answer { world.answer(flight, result, after: answer) }
    }
  }

  private func apply(_ flight: Flight) -> PluginAnswer {
    note("   \(flight.instance) does \(flight.name) \(flight.id.value) of host \(flight.life)")
    switch flight.call {
    case .retain(let request): return applyRetain(request, of: flight)
    case .withdraw(let request): return applyWithdrawal(request, at: flight.instance)
    case .send(let request): return applySend(request)
    case .respond(let request): return applyRespond(request)
    case .listTools: return listTools(of: flight.instance)
    case .callTool(let call): return applyTool(flight, call)
    case .recall, nil:
      return PluginAnswer(.ok, items: items(for: flight))
    default: return PluginAnswer(.ok)
    }
  }

  private func answer(_ flight: Flight, _ answer: PluginAnswer, after delay: Duration) {
    guard flight.life == life else { return }
    schedule(after: delay, life: life) { world in
      guard let known = world.flights[flight.id] else { return }
      if known.isCancelled || known.isAnswered {
        world.give(.plugin(flight.instance, .staleAnswer(flight.id)))
        return
      }
      world.flights[flight.id]?.isAnswered = true
      world.conclude(flight)
      let isHolding = world.faults.memory > 0 && world.random.chance(50)
      world.give(
        .plugin(flight.instance, .answered(flight.id, answer, hasReturned: !isHolding)))
      if isHolding {
        world.report(
          flight.instance, .returned(flight.id), after: world.random.milliseconds(1...9000))
      }
    }
  }

  private func conclude(_ flight: Flight) {
    storing[flight.instance]?[flight.id] = nil
    if case .retain(let request) = flight.call { concluded.insert(request.cut.id) }
  }

  /// A plugin that ends answers nothing any more.
  func destroyed(_ instance: InstanceID) {
    running.remove(instance)
    for (id, flight) in flights where flight.instance == instance && !flight.isAnswered {
      flights[id]?.isCancelled = true
      conclude(flight)
    }
  }

  /// The host has lost interest. The port says at once that nothing is held, unless the callback is
  /// stuck.
  func cancelled(_ instance: InstanceID, _ id: OperationID) {
    guard let flight = flights[id], !flight.isAnswered, !flight.isCancelled else { return }
    flights[id]?.isCancelled = true
    conclude(flight)
    let delay =
      flight.behaviour == .stuck ? random.milliseconds(1000...60_000) : random.milliseconds(0...5)
    report(instance, .returned(id), after: delay)
  }
}
