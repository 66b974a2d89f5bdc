import Testing

/// The scanner that the other checks rest on, on small samples.
@Suite struct ScannerTests {
  private func file(_ text: String, _ language: Language = .swift) -> SourceFile {
    SourceFile(path: "sample", text: text, language: language)
  }

  @Test func commentsAndStringsAreNoCode() {
    let sample = file(
      """
      let a = "{ // \\(f("}")) " // {
      /* { /* } */ { */ let b = #"\\("#
      let c = 1
      """)
    #expect(sample.code.joined().filter { "{}".contains($0) }.isEmpty)
    #expect(sample.code[1].contains("let b ="))
    #expect(sample.code[2] == "let c = 1")
    #expect(sample.comments[0].contains("// {"))
    #expect(sample.comments[1].contains("{ */"))
    #expect(sample.comments[2].allSatisfy { $0 == " " })
  }

  @Test func longStringsAreNoCode() {
    let quotes = "\"\"\""
    let sample = file("let a = \(quotes)\n  func f() {\n  \"x\" } \(quotes)\nlet b = 2")
    #expect(Function.all(in: sample).isEmpty)
    #expect(sample.code[3] == "let b = 2")
  }

  @Test func charactersOfCAreNoCode() {
    let sample = file("int f(void) { return '\"' + '{' + '\\''; }\nint g(int a) { return a; }", .c)
    #expect(Function.all(in: sample).map(\.name) == ["f", "g"])
  }

  @Test func swiftFunctionsAreMeasured() {
    let sample = file(
      """
      protocol P {
        func required(a: Int)
        var x: Int { get }
      }
      struct S: P {
        var stored = [1: 2].map { $0 }
        var x: Int {
          1
        }
        init(a: Int, b: [String: Int] = [:], c: (Int, Int) -> Void) {
          self.init(a: a)
        }
        func required<T: P>(a: Int) throws -> [T]
        where T: P {
          if a > 1 {
            x()
          }
        }
        static func < (a: S, b: S) -> Bool { true }
        deinit {
        }
        @Test(arguments: [1])
        func marked(a: Int, b: Int) {}
      }
      """)
    #expect(
      Function.all(in: sample).filter { $0.length > 1 || $0.parameters > 1 } == [
        Function(name: "x", line: 7, length: 3, parameters: 0),
        Function(name: "init", line: 10, length: 3, parameters: 3),
        Function(name: "required", line: 13, length: 6, parameters: 1),
        Function(name: "<", line: 19, length: 1, parameters: 2),
        Function(name: "deinit", line: 20, length: 2, parameters: 0),
        Function(name: "marked", line: 23, length: 1, parameters: 2),
      ])
  }

  @Test func functionsOfCAreMeasured() {
    let sample = file(
      """
      #define LOOP(x) \\
        for (;;) {
      static const struct { int a; } table = {.a = 1};
      extern "C" {
      static int first(const char *a, int (*b)(int, int),
                       int c)
      {
        if (c) {
          return 1;
        }
        return 0;
      }
      }
      void second(void) {}
      """, .c)
    #expect(
      Function.all(in: sample) == [
        Function(name: "first", line: 5, length: 8, parameters: 3),
        Function(name: "second", line: 14, length: 1, parameters: 0),
      ])
  }
}
