/// What the enrolments of one plugin share: it takes so many sessions at once, of all agents
/// together. Who finds no room waits in line, so that no agent's turns overtake another's for ever.
struct SharedLoad: Sendable {
  /// Sessions of which a batch or a withdrawal is under way.
  private(set) var active = 0
  private var line = Queue<EnrolmentID>()
  private var isInLine: Set<EnrolmentID> = []

  /// Something more, or less, is under way.
  mutating func change(by count: Int) { active += count }

  /// An enrolment has something to send and there is no room.
  mutating func wait(_ id: EnrolmentID) {
    if isInLine.insert(id).inserted { line.append(id) }
  }

  /// Whoever has waited for longest.
  mutating func next() -> EnrolmentID? {
    guard let id = line.popFirst() else { return nil }
    isInLine.remove(id)
    return id
  }
}
