internal import HoldfastPlugin

/// The plugin's settings, checked.
struct Settings {
  var apiURL = "http://127.0.0.1:8888"
  /// A secret; never part of a message.
  var apiKey = ""
  var bank = BankName(fixed: "holdfast")
  var recallBudget = "mid"
  var recallTypes: [String] = []
  var recallMaxTokens = 4096
  var recallMaxInputCharacters = 800
  /// 0: as the server has it.
  var recallMinSemantic = 0.0
  var recallTags: [String] = []
  var recallNeedsAllTags = false
  var retainTags: [String] = []
  var timeout = Duration.seconds(30)

  /// - Throws: `PluginError.refused` that names the key.
  init(json: String) throws {
    guard let settings = JSON(Array(json.utf8)), let members = settings.members else {
      throw PluginError.refused("the settings are not a JSON object")
    }
    var templated: BankName?
    for (key, value) in members {
      let setting = Setting(key: key, value: value)
      switch key {
      case "api_url": apiURL = try setting.url()
      case "api_key": apiKey = try setting.secret()
      case "bank_id": bank = BankName(fixed: try setting.bank(of: try setting.text()))
      case "bank_id_template": templated = try setting.template()
      case "recall_budget": recallBudget = try setting.text(in: ["low", "mid", "high"])
      case "recall_types":
        recallTypes = try setting.texts(in: ["world", "experience", "observation"])
      case "recall_max_tokens": recallMaxTokens = try setting.integer(in: 1...1_000_000)
      case "recall_max_input_chars":
        recallMaxInputCharacters = try setting.integer(in: 1...1_000_000)
      case "recall_min_semantic": recallMinSemantic = try setting.share()
      case "recall_tags": recallTags = try setting.texts()
      case "recall_tags_match": recallNeedsAllTags = try setting.text(in: ["any", "all"]) == "all"
      case "retain_tags": retainTags = try setting.texts()
      case "timeout_ms": timeout = .milliseconds(try setting.integer(in: 1...3_600_000))
      default: throw PluginError.refused("there is no setting `\(key)`")
      }
    }
    bank = templated ?? bank
  }

  /// Names the place without anything secret.
  var place: String { apiURL }
}

/// One setting, and how it is wrong.
private struct Setting {
  let key: String
  let value: JSON

  private func wrong(_ what: String) -> PluginError {
    .refused("the setting `\(key)` must be \(what)")
  }

  func text() throws -> String {
    guard let text = value.text else { throw wrong("a string") }
    return text
  }

  func text(in allowed: [String]) throws -> String {
    guard let text = value.text, allowed.contains(text) else {
      throw wrong("one of " + allowed.map { "\"\($0)\"" }.joined(separator: ", "))
    }
    return text
  }

  func texts(in allowed: [String]? = nil) throws -> [String] {
    guard let list = value.list else { throw wrong("a list of strings") }
    return try list.map { entry in
      guard let text = entry.text, !text.isEmpty, allowed?.contains(text) ?? true else {
        let names = allowed.map { " out of " + $0.joined(separator: ", ") } ?? ", none empty"
        throw wrong("a list of strings\(names)")
      }
      return text
    }
  }

  func integer(in range: ClosedRange<Int>) throws -> Int {
    guard let integer = value.integer, range.contains(integer) else {
      throw wrong("an integer, \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  func share() throws -> Double {
    guard let number = value.number, (0...1).contains(number) else {
      throw wrong("a number, 0 to 1")
    }
    return number
  }

  /// Without a slash at its end. Who is asked is named in messages, so a name and password in it
  /// would be shown.
  func url() throws -> String {
    var text = try text()
    while text.hasSuffix("/") { text.removeLast() }
    let isWeb = text.hasPrefix("http://") || text.hasPrefix("https://")
    guard isWeb, !text.contains("@"), !text.contains("?"), !text.contains("#"),
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw wrong("an address such as \"http://127.0.0.1:8888\", without user, query or spaces")
    }
    return text
  }

  /// It becomes a line of the request.
  func secret() throws -> String {
    let text = try text()
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw wrong("one line, without control characters")
    }
    return text
  }

  /// The server takes a slash in an address for its own, also when it is encoded.
  func bank(of text: String) throws -> String {
    guard !text.isEmpty, !text.contains("/"), text.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
    else { throw wrong("a name without slashes and control characters") }
    return text
  }

  func template() throws -> BankName? {
    let text = try text()
    if text.isEmpty { return nil }
    guard let name = BankName(template: try bank(of: text)) else {
      throw wrong(
        "text with \(BankName.names.map { "{\($0)}" }.joined(separator: ", ")) and no other braces")
    }
    return name
  }
}
