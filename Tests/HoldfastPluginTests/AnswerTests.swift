import CHoldfast
import Synchronization
import Testing

@testable import HoldfastPlugin

/// The answers of plugins that do not answer at once.
@Suite struct AnswerTests {
  @Test func anAnswerIsGivenOnceWhateverItSays() {
    let recorder = RecordingHost()
    Answer(recorder.host, 1).succeed()
    Answer(recorder.host, 2).fail(.failed("not now"))
    #expect(
      recorder.answers == [
        .init(operation: 1, status: HF_OK, text: ""),
        .init(operation: 2, status: HF_E_FAILED, text: "not now"),
      ])
  }

  @Test func anAnswerThatIsForgottenSaysThatNobodyKnows() {
    let recorder = RecordingHost()
    do { _ = Answer(recorder.host, 3) }
    #expect(recorder.answers.map(\.status) == [HF_E_UNKNOWN])
  }

  @Test func anAnswerThatIsAbandonedSaysNothing() {
    let recorder = RecordingHost()
    Answer(recorder.host, 4).abandon()
    #expect(recorder.answers.isEmpty)
  }

  /// Keeps every answer until the test lets it go.
  private final class Later: AsynchronousMemoryProvider, @unchecked Sendable {
    // Safe: the tests use one thread.
    nonisolated(unsafe) static var current: Later?  // set by the one test that makes an instance
    var answers: [UInt64: Held] = [:]
    var asked: [String] = []

    final class Held {
      var answer: Answer?
      init(_ answer: consuming Answer) { self.answer = consume answer }
    }

    init(host: PluginHost, configuration: Configuration) { Later.current = self }

    private func keep(_ name: String, _ answer: consuming Answer) {
      asked.append(name)
      answers[answer.operation] = Held(answer)
    }

    func retain(_ batch: RetainBatch, _ answer: consuming Answer) {
      keep("retain \(batch.key)", answer)
    }
    func withdraw(_ withdrawal: Withdrawal, _ answer: consuming Answer) {
      keep("withdraw \(withdrawal.key)", answer)
    }
    func recall(_ request: RecallRequest, _ answer: consuming Answer) {
      keep("recall \(request.query)", answer)
    }
    func cancel(_ operation: UInt64) {
      asked.append("cancel \(operation)")
      if let answer = answers[operation]?.answer.take() { answer.abandon() }
    }
  }

  private static let table = PluginTable(
    Later.self, events: .prefetchRequested, concurrency: .session)

  @Test func everyCallOfAProviderThatAnswersLaterIsLeftPending() throws {
    let recorder = RecordingHost()
    let plugin = Self.table.address.pointee
    var this: UnsafeMutableRawPointer?
    var config = hf_config_t()
    config.size = UInt32(MemoryLayout<hf_config_t>.size)
    #expect(plugin.create(recorder.table, &config, &this) == HF_OK)
    let found = withBorrowed(HF_MEMORY_ID) { plugin.query?(this, $0) }
    let memory = try #require(found).assumingMemoryBound(to: hf_memory_t.self).pointee
    let later = try #require(Later.current)

    var batch = hf_retain_t()
    batch.head.op = 11
    #expect(
      withBorrowed("k1") { key in
        batch.key = key
        return memory.retain(this, &batch)
      } == HF_PENDING)
    var question = hf_recall_t()
    question.head.op = 12
    #expect(memory.recall?(this, &question) == HF_PENDING)
    var prefetch = hf_event_prefetch_t()
    prefetch.head.kind = HF_EVENT_PREFETCH_REQUESTED
    prefetch.head.op = 13
    let status = withUnsafePointer(to: &prefetch) {
      plugin.event?(this, UnsafeRawPointer($0).assumingMemoryBound(to: hf_event_t.self))
    }
    #expect(status == HF_PENDING)
    var withdrawal = hf_withdraw_t()
    withdrawal.head.op = 14
    #expect(memory.withdraw?(this, &withdrawal) == HF_PENDING)
    #expect(later.asked == ["retain k1", "recall ", "recall ", "withdraw "])
    #expect(recorder.answers.isEmpty)

    let item = RecalledItem(
      text: "found", score: 1, timeMilliseconds: 0, sessionID: "", scope: "", turns: (0, 0))
    if let answer = later.answers[12]?.answer.take() {
      #expect(answer.give(item) == .ok)
      answer.succeed()
    }
    plugin.on_cancel?(this, 11)
    #expect(recorder.items == ["found"])
    #expect(recorder.answers == [.init(operation: 12, status: HF_OK, text: "")])
    #expect(later.asked.last == "cancel 11")
    plugin.destroy(this)
  }
}
