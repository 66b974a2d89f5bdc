internal import HoldfastCore

/// `holdfast diagnostics classify`
enum DiagnosticsClassifyCommand {
  static let command = Command(
    name: "classify", summary: "say of sessions whether they need attention, and why",
    details: """
      Reads cases as JSON from standard input: a list, or one object after the other. A case has \
      an `input` with what is known of a session: `session_state` (idle, processing, waiting), \
      `backlog`, `stale_after_ms`, `abort_after_ms`, `provider_retry_wait_open`, \
      `runtime_owns_wait`, and `activity` with `work_kind` (tool_call, model_call, run), \
      `run_owner_alive`, `oldest_tool_age_ms`, `progress_age_ms`, `progress_reason` and \
      `repeated_request_age_ms`. What is missing or null is unknown. Prints one line of JSON for \
      each. A case that names no `profile` is judged by all rules there are.
      """,
    options: [
      Option(
        name: "profile", value: "name",
        help: "judge every case by pr_87028, june_2026 or current, whatever it names itself")
    ],
    examples: [
      Example("cat cases.json | holdfast diagnostics classify", "Judge kept cases."),
      Example(
        #"echo '{"input":{"backlog":1}}' | holdfast diagnostics classify"#,
        "Why is a message that nobody works on reported?"),
    ],
    body: { invocation throws(CommandFailure) in
      let profile = try profile(invocation.value("profile"))
      let text = try StandardInput.text(what: "cases to judge")
      for (index, json) in try cases(text).enumerated() {
        let vector: AttentionVector
        do throws(AttentionVectorProblem) { vector = try AttentionVector(json) } catch {
          throw CommandFailure("case \(index + 1): \(error)", status: .usage)
        }
        let classifier = AttentionClassifier(
          profile: profile ?? vector.profile ?? .current, thresholds: vector.thresholds)
        invocation.terminal.print(classifier.classify(vector.session).json.text())
      }
      return .ok
    })

  private static func profile(_ name: String?) throws(CommandFailure) -> AttentionProfile? {
    guard let name else { return nil }
    guard let profile = AttentionProfile(rawValue: name) else {
      let known = AttentionProfile.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandFailure("--profile is one of \(known), not \"\(name)\"", status: .usage)
    }
    return profile
  }

  private static func cases(_ text: String) throws(CommandFailure) -> [JSON] {
    do throws(JSONProblem) {
      let values = try JSON.sequence(Array(text.utf8))
      return values.flatMap { if case .array(let cases) = $0 { cases } else { [$0] } }
    } catch {
      throw CommandFailure("standard input is no JSON at byte \(error.offset)", status: .usage)
    }
  }
}
