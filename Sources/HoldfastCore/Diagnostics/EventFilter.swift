/// Which events somebody wants to see.
public struct EventFilter: Codable, Sendable, Equatable {
  /// Patterns of names, in which `*` stands for any text; none: all names.
  public var names: [String] = []
  /// The one session, nil for all.
  public var session: String?
  /// The one plugin, nil for all.
  public var plugin: String?
  /// First what the recorder has.
  public var sinceStart = false
  /// Then what happens, until the connection ends.
  public var follows = true

  /// Everything, from now on.
  public init() {}

  /// Whoever asks leaves out what does not matter.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    names = try values.decodeIfPresent([String].self, forKey: .names) ?? []
    session = try values.decodeIfPresent(String.self, forKey: .session)
    plugin = try values.decodeIfPresent(String.self, forKey: .plugin)
    sinceStart = try values.decodeIfPresent(Bool.self, forKey: .sinceStart) ?? false
    follows = try values.decodeIfPresent(Bool.self, forKey: .follows) ?? true
  }

  /// Every name that an event can have.
  public static let knownNames =
    DiagnosticEvent.Name.allCases.map(\.rawValue) + BusEventName.all

  /// Why no event could pass, a sentence with the remedy; nil if one can.
  public var problem: String? {
    for pattern in names
    where !Self.knownNames.contains(where: { Self.matches($0, pattern) }) {
      let shown = String(pattern.prefix(60))
      let question = Suggestion.question(for: shown, among: Self.knownNames)
      let remedy = "; a name is such as turn.completed, a pattern such as \"session.*\""
      return "no event is called \"\(shown)\"\(question.isEmpty ? remedy : question)"
    }
    if let session, SessionID(session) == nil {
      return "\"\(session.prefix(40))\" is no session id; those have 26 letters and digits"
    }
    return nil
  }

  /// Whether an event is to be shown.
  public func passes(_ event: EventLine) -> Bool {
    if let session, event.session?.uppercased() != session.uppercased() { return false }
    if let plugin, event.plugin != plugin { return false }
    return names.isEmpty || names.contains { Self.matches(event.name, $0) }
  }

  /// Whether a name is one that the pattern describes. Takes as long as both are, multiplied.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    let (name, pattern) = (Array(name.utf8), Array(pattern.utf8))
    let star = UInt8(ascii: "*")
    var (place, here) = (0, 0)
    // Where the last star stands, and up to where the name is taken to be part of it.
    var (lastStar, taken): (Int?, Int) = (nil, 0)
    while place < name.count {
      if here < pattern.count, pattern[here] == star {
        (lastStar, taken) = (here, place)
        here += 1
      } else if here < pattern.count, pattern[here] == name[place] {
        place += 1
        here += 1
      } else if let star = lastStar {
        taken += 1
        (here, place) = (star + 1, taken)
      } else {
        return false
      }
    }
    return pattern[here...].allSatisfy { $0 == star }
  }
}
