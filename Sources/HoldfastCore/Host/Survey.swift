/// A look at everything there is, for people: taken a piece at a time, so that whatever arrives
/// meanwhile has its turn. Each row is true at the moment at which it is taken.
struct Survey: Sendable {
  /// Who asked, and what for.
  enum Purpose: Sendable {
    /// The command line, for a `HostStatus`.
    case status(RequestID)
    /// The command line, for a `HostLoad`.
    case load(RequestID)
    /// A person in a chat: how the host is, or its memory.
    case chat(SessionKey, Place.Arrival.Origin, isMemory: Bool)
  }

  /// What is walked over, one after the other.
  enum Step: Sendable {
    case plugin(InstanceID)
    case enrolment(EnrolmentID)
    /// A spot in the table of places.
    case place(Int)
    /// A spot in the table of replies that wait.
    case delivery(Int)
    /// An agent, by its number in the configuration.
    case agent(Int)
  }

  let purpose: Purpose
  var status = HostStatus()
  var load = HostLoad()
  /// Plugins that failed or are wedged, a sentence each.
  var faults: [String] = []
  /// Providers that have owed for too long.
  var alarms: [String] = []
  /// Agents without a memory that they should have.
  var missing: [String] = []
  /// Sessions that need attention, the oldest of them if there are many.
  var attention: [AttentionStatusRow] = []
  /// Tools that no model is offered; nil until a plugin has tools.
  var leftOut: [(instance: InstanceID, name: String, reason: String)]?

  private let instances: [InstanceID]
  private let enrolments: [EnrolmentID]
  private let agents: Range<Int>
  private let places: Range<Int>
  private let deliveries: Range<Int>
  private var position = 0

  /// Of what there is as it begins: what comes later is not looked at.
  init(
    _ purpose: Purpose, of instances: [InstanceID], _ enrolments: [EnrolmentID],
    agents: Range<Int>, places: Range<Int>, deliveries: Range<Int>
  ) {
    self.purpose = purpose
    self.instances = instances
    self.enrolments = enrolments
    self.agents = agents
    self.places = places
    self.deliveries = deliveries
  }

  /// The place that a decision waits at for it, if a person asked.
  var decidesAt: SessionKey? { if case .chat(let key, _, _) = purpose { key } else { nil } }

  /// What comes next, nil at the end.
  mutating func next() -> Step? {
    var rest = position
    position += 1
    if rest < instances.count { return .plugin(instances[rest]) }
    if case .load = purpose { return nil }
    rest -= instances.count
    if rest < enrolments.count { return .enrolment(enrolments[rest]) }
    rest -= enrolments.count
    if rest < agents.count { return .agent(agents.lowerBound + rest) }
    rest -= agents.count
    if rest < places.count { return .place(places.lowerBound + rest) }
    rest -= places.count
    return rest < deliveries.count ? .delivery(deliveries.lowerBound + rest) : nil
  }

  /// Keeps those that are silent for longest.
  mutating func add(_ row: AttentionStatusRow, keeping count: Int) {
    attention.append(row)
    if attention.count >= 2 * count { trim(to: count) }
  }

  /// The longest silent first.
  mutating func trim(to count: Int) {
    attention.sort { ($1.ageMilliseconds, $0.session) < ($0.ageMilliseconds, $1.session) }
    attention.removeLast(max(0, attention.count - count))
  }
}
