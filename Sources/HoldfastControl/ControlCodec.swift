public import HoldfastCore

/// Requests and answers of the control socket as lines of JSON, without the line's end.
public enum ControlCodec {
  /// The longest request, in bytes.
  public static let maxRequestBytes = 1_048_576
  /// The longest answer, in bytes. A history of long messages may need more than one question.
  public static let maxAnswerBytes = 67_108_864

  /// A request as a line.
  public static func encode(_ request: ControlRequest, id: UInt64) -> [UInt8] {
    JSONText.encode(RequestMessage(id: id, request))
  }

  /// An answer as a line.
  public static func encode(_ answer: ControlAnswer, id: UInt64) -> [UInt8] {
    JSONText.encode(AnswerMessage(id: id, answer))
  }

  /// Reads a line that asks something.
  public static func request(
    from line: [UInt8]
  ) throws(ControlProblem) -> (id: UInt64, request: ControlRequest) {
    let message: RequestMessage
    do { message = try JSONText.decode(RequestMessage.self, from: line) } catch {
      let id = idAlone(line)
      throw ControlProblem(reason(error), id: id)
    }
    return (message.id, try message.request())
  }

  /// Reads a line that answers something.
  public static func answer(
    from line: [UInt8]
  ) throws(ControlProblem) -> (id: UInt64, answer: ControlAnswer) {
    let message: AnswerMessage
    do { message = try JSONText.decode(AnswerMessage.self, from: line) } catch {
      throw ControlProblem("the host's answer makes no sense: \(reason(error))")
    }
    guard let answer = message.answer else {
      throw ControlProblem(
        "the host's answer makes no sense: a part is missing or unreadable", id: message.id)
    }
    return (message.id, answer)
  }

  /// A request that is wrong in one place still deserves an answer under its own number.
  private static func idAlone(_ line: [UInt8]) -> UInt64 {
    struct OnlyID: Decodable { var id: UInt64 }
    return (try? JSONText.decode(OnlyID.self, from: line))?.id ?? 0
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _):
      "\"\(JSONText.snakeCase(key.stringValue))\" is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "\"\(place(context.codingPath))\" has the wrong type"
    case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
      "\"\(place(context.codingPath))\" is out of range"
    default: "the line is not one JSON object, such as {\"id\":1,\"do\":\"status\"}"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    path.map { JSONText.snakeCase($0.stringValue) }.joined(separator: ".")
  }
}
