import Synchronization
import Testing

/// `chat` and `send` against a console that follows a script.
@Suite struct ChatTests {
  /// The id in a line such as `say id text`.
  private static func id(_ line: String) -> String {
    let fields = line.split(separator: "\t")
    return fields.count > 1 ? String(fields[1]) : ""
  }

  /// Answers every message with its own text.
  private static let echo: FakeConsole.Script = { line in
    if line.hasPrefix("hello") { return ["ready\tconsole"] }
    let text = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)[2]
    return ["ok\t\(id(line))", "reply\t\(id(line))\t1\t1\t0\t\(text)"]
  }

  @Test func repliesAndNothingElseGoToStandardOutput() throws {
    let program = try Program()
    let console = try FakeConsole(program, Self.echo)
    let result = try program.run("chat", input: "one\n\n  \ntwo\\n\twith a tab\nthree without end")
    #expect(result.output == "one\ntwo\\n\twith a tab\nthree without end\n")
    #expect(result.errors == "")
    #expect(result.status == 0)
    let said = console.finish()
    #expect(said.first == "hello\tada\tada\tacks")
    #expect(said.count == 4)
    #expect(said[2].hasSuffix("\ttwo\\\\n\\twith a tab"))
    #expect(Set(said.dropFirst().map(Self.id)).count == 3)
  }

  @Test func theNextLineWaitsForTheLastPartOfTheReply() throws {
    let program = try Program()
    let waiting = Mutex<String?>(nil)
    let console = try FakeConsole(program) { line in
      if line.hasPrefix("hello") { return ["ready\tconsole"] }
      let id = Self.id(line)
      // Whoever does not wait would have this message in flight when the next one comes.
      let before = waiting.withLock { waiting in
        defer { waiting = id }
        return waiting
      }
      guard before == nil else { return nil }
      waiting.withLock { $0 = nil }
      return [
        "reply\told-1\t1\t1\t0\tlate", "ok\t\(id)", "reply\t\(id)\t1\t2\t0\tfirst\\nhalf",
        "reply\t\(id)\t2\t2\t1\tsecond half",
      ]
    }
    let result = try program.run("chat", "--as", "bo", "--chat", "work", input: "a\nb\n")
    let half = "first\nhalf\nsecond half\n"
    #expect(result.output == half + half)
    #expect(
      result.errors == String(repeating: "holdfast: to an earlier message: late\n", count: 2))
    #expect(result.status == 0)
    #expect(console.finish().first == "hello\twork\tbo\tacks")
  }

  @Test func aBusyConsoleIsAskedAgain() throws {
    let program = try Program()
    let times = Mutex(0)
    let console = try FakeConsole(program) { line in
      if line.hasPrefix("hello") { return ["ready\tconsole"] }
      let count = times.withLock { count in
        count += 1
        return count
      }
      return count < 4 ? ["busy\t\(Self.id(line))\t10"] : Self.echo(line)
    }
    let result = try program.run("chat", input: "hi\n")
    #expect(result.output == "hi\n" && result.status == 0)
    let said = console.finish().dropFirst()
    #expect(said.count == 4 && Set(said).count == 1)
  }

  @Test func aReplyIsAcknowledgedOnceItIsPrinted() throws {
    let program = try Program()
    let console = try FakeConsole(program) { line in
      if line.hasPrefix("hello") { return ["ready\tconsole"] }
      guard line.hasPrefix("say") else { return [] }
      let id = Self.id(line)
      return [
        "ok\t\(id)", "reply\t\(id)\t1\t2\t0\tone\t7", "reply\t\(id)\t2\t2\t0\ttwo\t8",
      ]
    }
    let result = try program.run("chat", input: "hi\n")
    #expect(result.output == "one\ntwo\n" && result.status == 0)
    #expect(console.finish().suffix(2) == ["got\t7", "got\t8"])
  }

  @Test func aMessageThatWaitsForNoReplyAcknowledgesNone() throws {
    let program = try Program()
    let console = try FakeConsole(program) { line in
      if line.hasPrefix("hello") { return ["ready\tconsole"] }
      guard line.hasPrefix("say") else { return [] }
      return ["reply\t\(Self.id(line))\t1\t1\t0\tone\t7", "ok\t\(Self.id(line))"]
    }
    #expect(try program.run("send", "--no-wait", "hi").status == 0)
    #expect(!console.finish().contains { $0.hasPrefix("got") })
  }

  @Test func aRefusedLineMakesTheEndAFailure() throws {
    let program = try Program()
    let console = try FakeConsole(program) { line in
      line.hasSuffix("bad") ? ["refused\t\(Self.id(line))\tit is bad"] : Self.echo(line)
    }
    let result = try program.run("chat", input: "good\nbad\ngood again\n")
    #expect(result.output == "good\ngood again\n")
    #expect(result.errors == "holdfast: line 2 was refused: it is bad\n")
    #expect(result.status == 1)
    _ = console.finish()
  }

  @Test func aLineThatIsNotTextIsNotSent() throws {
    let program = try Program()
    let console = try FakeConsole(program, Self.echo)
    let input = Array("a\n".utf8) + [0xFF, 0xFE, 0x0A] + Array("b\n".utf8)
    let result = try program.run(["chat", "--state-dir", program.state], input: input)
    #expect(result.output == "a\nb\n")
    #expect(result.errors == "holdfast: line 2 was not sent: it is not UTF-8\n")
    #expect(result.status == 1)
    #expect(console.finish().count == 3)
  }

  @Test func aHostThatEndsIsNoticed() throws {
    for answers in [nil, ["bye\tthe host is stopping"]] as [[String]?] {
      let program = try Program()
      let console = try FakeConsole(program) { line in
        line.hasPrefix("hello") ? ["ready\tconsole"] : answers
      }
      let result = try program.run("chat", input: "hi\n")
      #expect(result.output == "")
      #expect(result.errors.hasSuffix("; line 1 has no reply yet\n"))
      #expect(result.status == 1)
      _ = console.finish()
    }
  }

  @Test func oneMessageIsSentAndItsReplyPrinted() throws {
    let program = try Program()
    let console = try FakeConsole(program, Self.echo)
    let result = try program.run("send", "what", "is", "my name?")
    #expect(result.output == "what is my name?\n" && result.status == 0)
    _ = console.finish()
    let again = try FakeConsole(program, Self.echo)
    let piped = try program.run("send", input: "two\nlines\n")
    #expect(piped.output == "two\nlines\n" && piped.status == 0)
    _ = again.finish()
  }

  @Test func withoutWaitingNothingIsPrinted() throws {
    let program = try Program()
    let console = try FakeConsole(program) { line in
      line.hasPrefix("hello") ? ["ready\tconsole"] : ["ok\t\(Self.id(line))"]
    }
    let result = try program.run("send", "--no-wait", "hi")
    #expect(result.output == "" && result.errors == "" && result.status == 0)
    #expect(console.finish().count == 2)
  }

  @Test func programsGetRepliesAsJSON() throws {
    let program = try Program()
    let console = try FakeConsole(program, Self.echo)
    let result = try program.run("send", "--json", "hi")
    #expect(result.output.hasPrefix(#"{"notice":false,"part":1,"parts":1,"reply_to":""#))
    #expect(result.output.hasSuffix(#","text":"hi"}"# + "\n"))
    _ = console.finish()
  }
}
