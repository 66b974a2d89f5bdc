internal import HoldfastPlugin

/// What a model may call.
enum HindsightTool: String, CaseIterable {
  case retain, recall, reflect

  var tool: Tool {
    switch self {
    case .retain:
      Tool(
        name: rawValue,
        purpose: "Remember a fact for later conversations, in words that make sense by themselves.",
        schema: Self.schema("content", "The fact"))
    case .recall:
      Tool(
        name: rawValue, purpose: "Search the memories of earlier conversations.",
        schema: Self.schema("query", "What to look for"), isReadOnly: true)
    case .reflect:
      Tool(
        name: rawValue,
        purpose: "Have a question answered from all memories together; slower than recall.",
        schema: Self.schema("query", "The question"), isReadOnly: true)
    }
  }

  private static func schema(_ name: String, _ description: String) -> String {
    JSONText.object([
      ("type", .text("object")),
      (
        "properties",
        .object([
          (
            name,
            .object([("type", .text("string")), ("description", .text(description))])
          )
        ])
      ),
      ("required", .list([.text(name)])),
    ]).string
  }
}

/// Stores what a model wants to be remembered, as a document of its own.
final class RememberJob: ErasingJob {
  private let call: ToolCall

  init(_ server: Server, _ call: ToolCall, _ answer: consuming Answer) {
    self.call = call
    super.init(server, call.head, answer)
  }

  override func begin() {
    server.whenFilingIsKnown(self) { [self] filing in
      var isAsynchronous = true
      if case .documentPerBatch(false) = filing { isAsynchronous = false }
      let item = Item(
        document: "\(head.sessionID).note-\(call.key)", content: call["content"] ?? "",
        mode: isAsynchronous ? .replace : nil, tags: tags(["session:\(head.sessionID)"]),
        metadata: [
          ("session_id", head.sessionID), ("retained_at", wallClock()), ("agent", head.agent),
          ("channel", head.channel), ("user_id", head.user), ("chat_id", head.chat),
          ("thread_id", head.thread),
        ], context: "note of \(head.agent)", timestamp: wallClock())
      store(item, id: call.key, isAsynchronous: isAsynchronous) { [self] in
        succeed(with: "Remembered.")
      }
    }
  }
}

/// Looks for memories that a model asks for.
final class LookUpJob: SearchingJob {
  private let call: ToolCall

  init(_ server: Server, _ call: ToolCall, _ answer: consuming Answer) {
    self.call = call
    super.init(server, call.head, answer)
  }

  override var includesRunningSession: Bool { true }

  override func begin() {
    search(call["query"] ?? "", atMost: 20, characters: 8000) { [self] items in
      let lines = items.map { item in
        let time = item.timeMilliseconds
        let day = time == 0 ? "" : "[\(Time.text(milliseconds: time).prefix(10))] "
        return "\(day)\(item.text)"
      }
      succeed(with: lines.isEmpty ? "Nothing was found." : lines.joined(separator: "\n\n"))
    }
  }
}

/// Has the server answer a question out of the memories of the scope.
final class ReflectJob: SearchingJob {
  private let call: ToolCall

  init(_ server: Server, _ call: ToolCall, _ answer: consuming Answer) {
    self.call = call
    super.init(server, call.head, answer)
  }

  /// What comes back is one text, of which nobody can tell where it stems from. So only a server is
  /// asked that is known to keep to the tags, and summaries of the whole bank are left out.
  override func begin() {
    server.whenFilingIsKnown(self) { [self] _ in
      guard server.reflectsByTags else {
        return fail(
          .failed("\(settings.place) is older than 1.1.0 and cannot reflect on one scope alone"))
      }
      let body = JSONText.object([
        ("query", .text(call["query"] ?? "")), ("budget", .text(settings.recallBudget)),
        ("tags", .list([.text(scopeTag)])), ("tags_match", .text("all_strict")),
        ("exclude_mental_models", .flag(true)),
      ]).bytes
      let question = Request(method: .post, path: "\(bank)/reflect", body: body, isLong: true)
      request(question) { [self] reply in
        guard case .answered(200, let body?, _) = reply, let text = body["text"].text else {
          return fail(.failed(failure(reply).reason))
        }
        succeed(with: text)
      }
    }
  }
}
