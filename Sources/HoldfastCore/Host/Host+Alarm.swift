/// A provider that owes for too long makes the host degraded, is said once in the log, and is said
/// again when it is over.
extension Host {
  /// Why the host is degraded on the provider's account and what to do; nil if it is not.
  func alarm(of provider: Provider) -> String? {
    guard !provider.record.isDetached, let since = provider.sums.oldest,
      now.since(since) >= configuration.memory.alarmAfter
    else { return nil }
    let sums = provider.sums
    var sentence =
      "\(provider.record.instance) owes \(sums.turns) turns and \(sums.withdrawals) withdrawals of "
      + "\(sums.sessions) sessions, the oldest for \(minutes(since: since)), and has acknowledged "
    if let last = provider.statistics.acknowledgedAt, last > since {
      sentence += "the last one \(minutes(since: last)) ago"
    } else {
      sentence += "nothing meanwhile"
    }
    let error = provider.statistics.lastError
    if !error.isEmpty, let last = provider.statistics.lastErrorAt {
      sentence += "; \(minutes(since: last)) ago it failed: \(error)"
    }
    return sentence + ". " + remedy(for: provider)
  }

  private func remedy(for provider: Provider) -> String {
    let instance = provider.record.instance
    if isElsewhere(provider.record) {
      return "It stored in “\(provider.record.destination)” before; set that again, or write the "
        + "debt off with `holdfast memory detach`."
    }
    if !isInUse(provider.record.id) {
      return "It is in no agent's memory any more; add it again, or write the debt off with "
        + "`holdfast memory detach`."
    }
    if !provider.isReady { return "Put right why “\(instance)” does not run; nothing is lost." }
    return "See whether “\(provider.record.destination)” can be reached and written to; "
      + "`holdfast memory pending \(instance)` lists what waits."
  }

  private func minutes(since instant: Instant) -> String {
    let seconds = now.since(instant).milliseconds / 1000
    return seconds < 120 ? "\(seconds) s" : "\(seconds / 60) min"
  }

  /// To be called after anything that may make a provider owe.
  mutating func watchDebt(of id: EnrolmentID) {
    guard let oldest = providers[id]?.sums.oldest else {
      providers[id]?.isAlarming = false
      return
    }
    if providers[id]?.isAlarming ?? true { return }
    timers.add(.debt(id), at: oldest + configuration.memory.alarmAfter)
  }

  /// Says that the provider owes for too long, if that is so and was not said.
  mutating func checkDebt(of id: EnrolmentID) {
    guard let provider = providers[id], !provider.isAlarming else { return }
    guard let alarm = alarm(of: provider) else { return watchDebt(of: id) }
    providers[id]?.isAlarming = true
    log(.error, alarm)
  }

  /// The provider acknowledged something.
  mutating func acknowledged(_ id: EnrolmentID) {
    providers[id]?.statistics.acknowledgedAt = now
    guard providers[id]?.isAlarming ?? false else { return }
    providers[id]?.isAlarming = false
    log(.info, "\(owners[id]?.description ?? "a provider") acknowledges again")
    timers.add(.debt(id), at: now + configuration.memory.alarmAfter)
  }
}
