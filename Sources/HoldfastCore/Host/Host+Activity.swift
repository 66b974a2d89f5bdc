/// What plugins say of work that they have taken up.
extension Host {
  mutating func activityReported(_ instance: InstanceID, _ report: ActivityReport) {
    switch report {
    case .began(let start):
      // The operation may be over by now, and its token with it.
      if let id = start.operation, operations[id]?.instance != instance { return }
      activities.begin(start, of: instance, at: fair)
    case .progressed(let token, let reason):
      activities.progressed(token, of: instance, reason, at: fair)
    case .ended(let token): activities.end(token, of: instance)
    }
  }
}
