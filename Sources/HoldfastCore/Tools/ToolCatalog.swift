/// The tools that one agent's model is offered, by the names it calls them by.
public struct ToolCatalog: Sendable, Equatable {
  /// A tool with whose it is.
  public struct Entry: Sendable, Equatable {
    /// Whose.
    public var instance: InstanceID
    /// As the plugin describes it.
    public var tool: Tool
  }

  /// By full name.
  public private(set) var entries: [String: Entry] = [:]
  /// Tools that cannot be offered, each with the reason in a sentence.
  public private(set) var leftOut: [(instance: InstanceID, name: String, reason: String)] = []

  /// Of the instances in their order: of two tools with the same full name the first one counts.
  public init(_ lists: [(instance: InstanceID, tools: [Tool])]) {
    for list in lists {
      for tool in list.tools { add(tool, of: list.instance) }
    }
  }

  /// Of tools under full names, of whatever instance.
  init(named tools: [Tool]) {
    for tool in tools { entries[tool.name] = Entry(instance: InstanceID(""), tool: tool) }
  }

  private mutating func add(_ tool: Tool, of instance: InstanceID) {
    let name = Self.fullName(of: tool.name, in: instance)
    if !Self.isName(tool.name) {
      leaveOut(tool, of: instance, "a tool's name is made of letters, digits, “_” and “-”")
    } else if name.utf8.count > ToolLimits.name {
      leaveOut(
        tool, of: instance,
        "“\(name)” is longer than \(ToolLimits.name) bytes; give the instance a shorter name")
    } else if let other = entries[name] {
      leaveOut(
        tool, of: instance,
        "“\(name)” is a tool of \(other.instance) already; rename one of the instances")
    } else {
      entries[name] = Entry(instance: instance, tool: tool)
    }
  }

  private mutating func leaveOut(_ tool: Tool, of instance: InstanceID, _ reason: String) {
    leftOut.append((instance, tool.name, reason))
  }

  /// What a model is shown, in the order of the names.
  public var offered: [Tool] {
    entries.sorted { inByteOrder($0.key, $1.key) }.map { name, entry in
      var tool = entry.tool
      tool.name = name
      return tool
    }
  }

  /// What a model calls a tool of an instance.
  public static func fullName(of tool: String, in instance: InstanceID) -> String {
    "\(instance)__\(tool)"
  }

  /// Whether a plugin may call a tool so.
  public static func isName(_ name: String) -> Bool {
    (1...ToolLimits.name).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// Whether both offer and leave out the same.
  public static func == (left: ToolCatalog, right: ToolCatalog) -> Bool {
    left.entries == right.entries && left.leftOut.elementsEqual(right.leftOut, by: ==)
  }
}
