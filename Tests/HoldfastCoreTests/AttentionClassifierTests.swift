import HoldfastCore
import Testing

/// The table of the classifier, row by row, and its edges. The kept cases are checked on the
/// command line.
@Suite struct AttentionClassifierTests {
  private typealias Edit = (inout SessionCondition) -> Void

  /// Thresholds of 120 s and 360 s.
  private func judge(
    by profile: AttentionProfile = .current, _ edit: Edit
  ) -> Attention {
    var session = SessionCondition()
    session.state = .processing
    edit(&session)
    return AttentionClassifier(profile: profile).classify(session)
  }

  private func work(
    _ kind: WorkKind, owner: Bool? = true, progress: Duration? = .zero, backlog: Int = 0
  ) -> Edit {
    { session in
      session.activity.work = kind
      session.activity.isOwnerAlive = owner
      session.activity.progressAge = progress
      session.backlog = backlog
    }
  }

  @Test func thresholdsFollowFromEachOther() {
    #expect(AttentionThresholds().abortAfter == .seconds(360))
    #expect(AttentionThresholds(stuckAfter: .seconds(30)).abortAfter == .seconds(300))
    #expect(
      AttentionThresholds(stuckAfter: .seconds(30), abortAfter: .seconds(31)).abortAfter
        == .seconds(31))
  }

  @Test(arguments: WorkKind.allCases)
  func anOrphanBeforeAQueueIsReleasedWhateverItSaysItDoes(_ kind: WorkKind) {
    for profile in AttentionProfile.allCases {
      let orphan = judge(by: profile) { session in
        work(kind, owner: false, progress: .milliseconds(120_001), backlog: 1)(&session)
        session.state = .idle
      }
      #expect(orphan.isRecoverable && orphan.event == .stuck && orphan.work == nil)
      #expect(orphan.reason == "queued_work_without_active_run")
    }
  }

  @Test func anOrphanIsLeftAloneWhileItMayStillBeAtWork() {
    let edits: [Edit] = [
      { $0.state = .processing }, { $0.state = .waiting }, { $0.state = nil },
      { $0.backlog = 0 }, { $0.activity.isOwnerAlive = true },
      { $0.activity.progressAge = .seconds(120) }, { $0.activity.progressAge = nil },
    ]
    for (index, edit) in edits.enumerated() {
      let orphan = judge { session in
        work(.run, owner: false, progress: .milliseconds(120_001), backlog: 1)(&session)
        session.state = .idle
        edit(&session)
      }
      #expect(!orphan.isRecoverable, "edit \(index)")
      #expect(orphan.work == .run, "edit \(index)")
    }
  }

  @Test func aSilentModelIsGivenTimeOnlyWithAnOwnerAndOnlyLately() {
    let silent = work(.modelCall, progress: .milliseconds(120_001))
    #expect(judge(by: .pr87028, silent).event == .stalled)
    for profile in [AttentionProfile.june2026, .current] {
      #expect(judge(by: profile, silent).reason == "active_model_call_without_progress")
      #expect(judge(by: profile, work(.modelCall, progress: .seconds(360))).event == .stalled)
      let unowned = work(.modelCall, owner: nil, progress: .milliseconds(120_001))
      #expect(judge(by: profile, unowned).classification == .stalledRun)
    }
  }

  @Test func aToolIsBlockedWhenItAndItsProgressAreOld() {
    let edits: [(Edit, Attention.Event)] = [
      ({ _ in }, .stalled),
      ({ $0.activity.progressAge = .seconds(120) }, .longRunning),
      ({ $0.activity.oldestToolAge = .seconds(120) }, .stalled),
    ]
    let expected = ["blocked_tool_call", "active_work", "active_work_without_progress"]
    for ((edit, event), reason) in zip(edits, expected) {
      let tool = judge { session in
        work(.toolCall, progress: .milliseconds(120_001))(&session)
        session.activity.oldestToolAge = .milliseconds(120_001)
        edit(&session)
      }
      #expect(tool.event == event && tool.reason == reason)
    }
  }

  @Test func aRunThatSaidItsLastWordHoldsUpTheQueue() {
    let words = [
      ("run:completed", true), ("embedded_run:ended", true), ("x response.completed y", true),
      ("rawResponseItem/completed", true), ("raw_response_item.completed", true),
      ("output_item.done", true), ("run:completed!", false), ("", false),
    ]
    for (reason, isOver) in words {
      let over = judge { session in
        work(.run, backlog: 1)(&session)
        session.activity.progressReason = reason
      }
      #expect((over.reason == "queued_behind_terminal_active_work") == isOver, "\(reason)")
      #expect(
        judge {
          work(.run)(&$0); $0.activity.progressReason = reason
        }.event == .longRunning)
    }
  }

  @Test func declaredWaitsAndRepetitionsCountInTheNewestRulesOnly() {
    let waits: [(String, Edit)] = [
      ("provider_retry_wait", { $0.isProviderRetryOpen = true }),
      ("runtime_owned_wait", { $0.isPersonAwaited = true }),
      (
        "repeated_model_requests_without_progress",
        { $0.activity.repeatedRequestAge = .seconds(360) }
      ),
    ]
    for (reason, wait) in waits {
      let both: Edit = { session in
        work(.modelCall)(&session)
        wait(&session)
      }
      #expect(judge(both).reason == reason)
      #expect(judge(by: .june2026, both).reason == "active_work")
    }
  }

  @Test func withoutWorkOnlyTheQueueSaysWhy() {
    #expect(judge { $0.backlog = 1 }.reason == "queued_work_without_active_run")
    #expect(judge { _ in }.reason == "stale_session_state")
    #expect(judge { $0.activity.progressAge = .zero }.isRecoverable)
    #expect(judge(work(.run, backlog: 1)).reason == "queued_behind_active_work")
  }

  @Test func aCaseThatIsNoneIsToldWithItsField() throws {
    let wrong = [
      (#"{}"#, "input is missing"), (#"[]"#, "a case is not an object"),
      (#"{"input":{"session_state":"busy"}}"#, "input.session_state is \"busy\"; it may be idle"),
      (#"{"input":{"backlog":-1}}"#, "input.backlog is no whole number"),
      (#"{"input":{"stale_after_ms":1e300}}"#, "input.stale_after_ms is no number"),
      (
        #"{"input":{"activity":{"run_owner_alive":1}}}"#,
        "input.activity.run_owner_alive is not true or false"
      ),
    ]
    for (text, sentence) in wrong {
      let json = try JSON(Array(text.utf8))
      let problem = #expect(throws: AttentionVectorProblem.self) { try AttentionVector(json) }
      #expect(problem?.description.hasPrefix(sentence) ?? false, "\(text)")
    }
  }
}
