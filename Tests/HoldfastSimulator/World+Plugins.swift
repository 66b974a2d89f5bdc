import HoldfastCore

/// How plugins come, hear of events and go.
extension World {
  /// What an instance reports is heard unless it has come to its end by then.
  func report(_ instance: InstanceID, _ report: PluginReport, after delay: Duration) {
    let generation = generations[instance] ?? 0
    schedule(after: delay, life: life) { world in
      guard world.generations[instance] ?? 0 == generation else { return }
      world.give(.plugin(instance, report))
    }
  }

  func load(_ instance: InstanceID) {
    generations[instance, default: 0] += 1
    let site = Site(.load, instance)
    var (number, random) = choices.next(at: site)
    let delay = random.milliseconds(delays)
    let mishap = mishap(at: site, number, rate: max(faults.life, faults.memory / 10)) { random in
      switch random.below(4) {
      case 0: .hangs
      case 1: .takes(random.milliseconds(500...30_000))
      default: .fails
      }
    }
    let fault = PluginFault(.missing, "\(instance): no such file")
    guard let traits = traits(of: instance), mishap != .fails else {
      return report(instance, .failed(fault), after: delay)
    }
    let generation = generations[instance]
    var time = delay
    if case .takes(let duration) = mishap { time = duration }
    if mishap == .hangs { return }
    schedule(after: time, life: life) { world in
      if world.generations[instance] == generation { world.create(instance, traits) }
    }
  }

  private func create(_ instance: InstanceID, _ traits: PluginTraits) {
    if holds[instance]?.contains("load") ?? false {
      schedule(after: .milliseconds(1), life: life) { $0.create(instance, traits) }
      return
    }
    running.insert(instance)
    give(.plugin(instance, .created(traits)))
  }

  private func traits(of instance: InstanceID) -> PluginTraits? {
    var traits = PluginTraits()
    if let provider = providers[instance] {
      guard provider.isInstalled else { return nil }
      traits.isMemory = true
      traits.canRecall = true
      traits.destination = provider.destination
      traits.canWithdraw = provider.canWithdraw
      traits.concurrentSessions = provider.concurrentSessions
      traits.events = [
        .sessionSwitched, .sessionEnded, .sessionCompacting, .prefetchRequested,
      ]
      return traits
    }
    guard let settings = configuration.plugin(instance) else { return nil }
    switch settings.plugin {
    case "channel": traits.channel = ChannelTraits()
    case "tools": traits.hasTools = true
    default:
      traits.isModel = true
      traits.callsTools = tools.isUsed
    }
    return traits
  }

  func deliver(_ instance: InstanceID, _ event: BusEvent, _ number: UInt64) {
    if !running.contains(instance) {
      fail(.onlyRunning, "\(instance) is not there and is given an event")
    }
    if event.sequence > 0 {
      events.append((instance, event))
      tell("\(instance) hears: \(Describe.event(event))")
      checkEvent(event, to: instance)
      if event.kind == .sessionSwitched { heard[instance, default: []].insert(event.sequence) }
      if event.kind == .sessionEnded { ends[instance, default: [:]][event.sequence] = now }
    }
    if let operation = event.operation {
      called(instance, operation, asking: event)
    }
    if holds[instance]?.contains("event") ?? false {
      heldEvents[instance, default: []].append(number)
      return
    }
    handle(event, number, at: instance)
  }

  private func handle(_ event: BusEvent, _ number: UInt64, at instance: InstanceID) {
    let site = Site(.event, instance)
    var (choice, random) = choices.next(at: site)
    let mishap = mishap(at: site, choice, rate: max(faults.event, faults.memory / 8)) { random in
      if random.chance(300) { return .fails }
      return .takes(random.milliseconds(random.chance(800) ? 1000...20_000 : 20_000...300_000))
    }
    var delay = random.milliseconds(delays)
    if case .takes(let duration) = mishap { delay = duration }
    let instant = max(eventFinish[instance] ?? now, now + delay)
    eventFinish[instance] = instant
    let failures = mishap == .fails ? 1 : 0
    report(
      instance, .handledEvents(through: number, failures: failures), after: instant.since(now))
  }

  func destroy(_ instance: InstanceID) {
    ended(instance)
    let site = Site(.destroy, instance)
    var (number, random) = choices.next(at: site)
    let mishap = mishap(at: site, number, rate: faults.life) { random in
      .takes(random.milliseconds(500...100_000))
    }
    var delay = random.milliseconds(delays)
    if case .takes(let duration) = mishap { delay = duration }
    report(instance, .destroyed, after: delay)
  }

  /// A plugin ends by itself.
  func died(_ instance: InstanceID) {
    guard running.contains(instance) else { return }
    ended(instance)
    give(.plugin(instance, .failed(PluginFault(.create, "\(instance): its process has ended"))))
  }

  /// A plugin that ends answers nothing any more.
  private func ended(_ instance: InstanceID) {
    generations[instance, default: 0] += 1
    running.remove(instance)
    eventFinish[instance] = nil
    heldEvents[instance] = nil
    for (id, flight) in flights where flight.instance == instance && !flight.isAnswered {
      flights[id]?.isCancelled = true
      conclude(flight)
    }
  }
}
