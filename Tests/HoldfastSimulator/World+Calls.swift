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
  /// What decides the details.
  var random = Random(seed: 0)
  var isCancelled = false
  var isAnswered = false

  var site: Site.Kind {
    switch call {
    case .retain: .retain
    case .withdraw: .withdraw
    case .recall: .recall
    case .respond: .respond
    case .send: .send
    case .startChannel: .start
    case .stopChannel: .stop
    case .callTool: .tool
    case .listTools: .tools
    case nil: name == "compacting" ? .compacting : .prefetch
    default: .recall
    }
  }
}

/// A recall, a prefetch, or what is to be kept.
public struct Asked: Sendable {
  /// Which of them.
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
    if !running.contains(instance) {
      fail(.onlyRunning, "\(instance) is not there and is asked to \(call.name)")
    }
    tell("\(instance) is asked, no. \(id.value): \(Describe.call(call))")
    checkCall(instance, call)
    if case .recall(let request) = call {
      asked.append(
        Asked(
          name: "recall", instance: instance, context: request.context, query: request.query))
    }
    begin(
      Flight(
        life: life, instance: instance, id: id, name: call.name, call: call,
        context: Self.context(of: call)))
  }

  func called(_ instance: InstanceID, _ id: OperationID, asking event: BusEvent) {
    let name = event.kind == .sessionCompacting ? "compacting" : "prefetch"
    asked.append(
      Asked(name: name, instance: instance, context: event.context, query: event.userText))
    if name == "compacting", let session = event.context.session {
      checkFlushed(event, of: session, through: event.context.lastTurn, to: instance)
    }
    begin(
      Flight(
        life: life, instance: instance, id: id, name: name, call: nil, context: event.context))
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
    var flight = flight
    let site = Site(flight.site, flight.instance)
    let (number, random) = choices.next(at: site)
    flight.random = random
    flight.behaviour = behaviour(of: flight, at: site, number)
    flights[flight.id] = flight
    if flight.isTurns { noteProgress(of: flight.context.session) }
    checkTurn(of: flight)
    checkOutstanding(flight)
    if holds[flight.instance]?.contains(flight.name) ?? false {
      held.append(flight)
    } else {
      run(flight)
    }
  }

  /// What the plugin makes of the call: as scripted, else as the seed has it.
  private func behaviour(of flight: Flight, at site: Site, _ number: Int) -> Behaviour {
    if let next = scripted[flight.instance]?[flight.name]?.first {
      scripted[flight.instance]?[flight.name]?.removeFirst()
      return next
    }
    let rate =
      switch site.kind {
      case .retain, .withdraw, .recall, .prefetch, .compacting, .tool, .tools: faults.memory
      case .respond: faults.model
      default: faults.channel
      }
    let mishap = mishap(at: site, number, rate: rate) { random in
      .behaves(random.pick(behaviours) ?? .ok)
    }
    if case .behaves(let behaviour) = mishap { return behaviour }
    return .ok
  }

  func run(_ flight: Flight) {
    var random = flight.random
    let quick = random.milliseconds(delays)
    switch flight.behaviour {
    case .ok: act(flight, after: quick, then: quick)
    case .slow:
      let slow = random.milliseconds(random.chance(500) ? 200...5000 : 5000...300_000)
      reportProgress(of: flight, for: slow)
      act(flight, after: slow, then: quick)
    case .hung, .stuck: break
    case .failed: answer(flight, PluginAnswer(.failed, text: "not now"), after: quick)
    case .busy: answer(flight, PluginAnswer(.busy, text: "too much to do"), after: quick)
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
      let status = random.pick(Self.unclear) ?? .unknown
      answer(flight, PluginAnswer(status, text: "nobody knows"), after: quick)
    case .holding:
      let hold = random.milliseconds(1...9000)
      act(flight, after: quick, then: quick, holding: hold)
    }
  }

  /// What does not say whether anything was done.
  private static let unclear: [PluginStatus] = [
    .unknown, .timeout, .cancelled, .stale, .argument, .notFound, PluginStatus(rawValue: -77),
  ]

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
  private func act(
    _ flight: Flight, after delay: Duration, then answer: Duration?, holding: Duration? = nil
  ) {
    schedule(after: delay, life: nil) { world in
      let result = world.apply(flight)
      if let answer { world.answer(flight, result, after: answer, holding: holding) }
    }
  }

  private func apply(_ flight: Flight) -> PluginAnswer {
    tell("\(flight.instance) does \(flight.name) no. \(flight.id.value) of host \(flight.life)")
    switch flight.call {
    case .retain(let request): return applyRetain(request, of: flight)
    case .withdraw(let request): return applyWithdrawal(request, at: flight.instance)
    case .send(let request): return applySend(request)
    case .respond(let request): return applyRespond(request)
    case .listTools: return listTools(of: flight.instance)
    case .callTool(let call): return applyTool(flight, call)
    case nil where flight.name == "compacting":
      return PluginAnswer(.ok, text: providers[flight.instance]?.keeps ?? "")
    case .recall, nil:
      return PluginAnswer(.ok, items: items(for: flight))
    default: return PluginAnswer(.ok)
    }
  }

  private func answer(
    _ flight: Flight, _ answer: PluginAnswer, after delay: Duration, holding: Duration? = nil
  ) {
    guard flight.life == life else { return }
    schedule(after: delay, life: life) { world in
      guard let known = world.flights[flight.id] else { return }
      if known.isCancelled || known.isAnswered {
        world.give(.plugin(flight.instance, .staleAnswer(flight.id)))
        return
      }
      world.flights[flight.id]?.isAnswered = true
      world.conclude(flight)
      if case .retain(let request) = flight.call, answer.status == .refused {
        world.refused.insert(request.cut.id)
      }
      if let holding { world.report(flight.instance, .returned(flight.id), after: holding) }
      world.give(
        .plugin(flight.instance, .answered(flight.id, answer, hasReturned: holding == nil)))
    }
  }

  func conclude(_ flight: Flight) {
    storing[flight.instance]?[flight.id] = nil
    if case .retain(let request) = flight.call { concluded.insert(request.cut.id) }
  }

  /// The host has lost interest. The port says at once that nothing is held, unless the callback is
  /// stuck.
  func cancelled(_ instance: InstanceID, _ id: OperationID) {
    guard let flight = flights[id], !flight.isAnswered, !flight.isCancelled else { return }
    flights[id]?.isCancelled = true
    conclude(flight)
    if attention.holding.contains(instance) {
      attention.kept.append((instance, id))
      return
    }
    var random = flight.random
    let delay =
      flight.behaviour == .stuck ? random.milliseconds(1000...60_000) : random.milliseconds(0...5)
    report(instance, .returned(id), after: delay)
  }
}
