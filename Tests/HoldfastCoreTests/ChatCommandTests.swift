import HoldfastCore
import Testing

@Suite struct ChatCommandTests {
  private static let id = SessionID(value: 12345)

  @Test(arguments: [
    ("/new", ChatCommand.new(title: "")), ("/new  a title ", .new(title: "a title")),
    ("/NEW x", .new(title: "x")), ("/reset", .reset(title: "")), ("/branch b", .branch(title: "b")),
    ("/undo", .undo(count: 1)), ("/undo 3", .undo(count: 3)), ("/stop", .stop(dropWaiting: false)),
    ("/stop --drop", .stop(dropWaiting: true)), ("/compact", .compact), ("/delete", .delete(nil)),
    ("/delete \(id)", .delete(id)), ("/resume \(id)", .resume(id, move: false)),
    ("/resume --move \(id)", .resume(id, move: true)), ("/status", .status), ("/help", .help),
    ("/sessions", .sessions), ("/memory", .memory), ("/queue", .queue(nil)),
    ("/queue Steer", .queue(.steer)),
  ])
  func aCommandIsRead(_ text: String, _ expected: ChatCommand) {
    #expect(ChatCommand(text, prefix: "/") == expected)
  }

  @Test(arguments: ["hello", "", "/", "/ new", "//x", "/1", "/home/user", "see /new"])
  func anythingElseIsAMessage(_ text: String) {
    #expect(ChatCommand(text, prefix: "/") == nil)
  }

  @Test(arguments: [
    "/nwe", "/undo x", "/undo 0", "/resume", "/resume abc", "/delete abc", "/queue now",
  ])
  func aMistakeIsExplained(_ text: String) {
    guard case .invalid(let sentence) = ChatCommand(text, prefix: "/") else {
      Issue.record("\(text) was taken")
      return
    }
    #expect(!sentence.isEmpty)
  }

  @Test func anUnknownCommandNamesTheNearest() {
    #expect(ChatCommand("/udno", prefix: "/") != ChatCommand("/undo", prefix: "/"))
    guard case .invalid(let sentence) = ChatCommand("/bramch", prefix: "/") else {
      Issue.record("taken")
      return
    }
    #expect(sentence.contains("/branch"))
  }

  @Test func anotherPrefixIsHonoured() {
    #expect(ChatCommand("!new", prefix: "!") == .new(title: ""))
    #expect(ChatCommand("/new", prefix: "!") == nil)
  }
}
