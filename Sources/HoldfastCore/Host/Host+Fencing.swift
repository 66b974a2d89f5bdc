extension Host {
  /// Cuts the turn that runs at a place off. False if none runs.
  mutating func fence(_ key: SessionKey, notice: String) -> Bool {
    guard places[key]?.lane.running != nil else { return false }
    interruptTurn(at: key, notice: notice)
    return true
  }
}
