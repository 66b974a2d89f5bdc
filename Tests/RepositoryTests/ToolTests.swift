import Testing

/// The scripts behind `make`.
@Suite struct ToolTests {
  @Test func whatIsMissingIsNamedWithItsRemedyOnStandardErrorAlone() throws {
    let scratch = try Scratch()
    let errors = "\(scratch.path)/errors"
    let run = Shell("PATH=/nonexistent /bin/sh tools/dependencies.sh --check 2>'\(errors)'")
    #expect(run.status != 0)
    #expect(run.output.isEmpty)
    let said = Shell("cat '\(errors)'").output
    for package in ["libsqlite3-dev", "libedit-dev", "libtomlplusplus-dev", "pkg-config"] {
      #expect(said.contains(package), "\(said)")
    }
    #expect(said.contains("apt-get install"))
  }

  @Test func nothingIsSaidWhenNothingIsMissing() {
    let run = Shell("tools/dependencies.sh --check")
    #expect(run.status == 0 && run.output.isEmpty, "\(run.output)")
  }

  @Test func aQuietStepKeepsStandardOutputFreeAndItsStatus() {
    let good = Shell("tools/quietly.sh 'a step' sh -c 'echo noise' 2>/dev/null")
    #expect(good.status == 0 && good.output.isEmpty)
    let bad = Shell("tools/quietly.sh 'a step' sh -c 'echo reason; exit 3'")
    #expect(bad.status == 3 << 8)
    #expect(bad.output.contains("a step") && bad.output.contains("reason"))
  }

  @Test func failedTestsAreSaidOnceMoreAtTheEndAndTheSummaryIsLast() throws {
    let scratch = try Scratch()
    func run(_ status: Int) -> Shell {
      Shell(
        """
        tools/repeating-failures.sh '\(scratch.path)/log/tests' sh -c '
          printf "Test a() recorded an issue at A.swift:3:1: broken\\n↳ why\\nTest b() passed\\n"
          printf "Test run with 2 tests\\n"; exit \(status)'
        """)
    }
    let issue = "Test a() recorded an issue at A.swift:3:1: broken\n↳ why\n"
    let output = "\(issue)Test b() passed\nTest run with 2 tests\n"
    #expect(run(0).status == 0 && run(0).output == output)
    let bad = run(3)
    #expect(bad.status == 3 << 8)
    #expect(bad.output.hasPrefix(output))
    #expect(bad.output.hasSuffix("/log/tests\n\(issue)Test run with 2 tests\n"), "\(bad.output)")
  }

  @Test func everyScriptIsExecutable() {
    let scripts = Repository.files.filter { $0.hasPrefix("tools/") || $0 == ".ci/run" }
    #expect(scripts.count >= 5)
    for script in scripts {
      #expect(Shell("test -x '\(script)'").status == 0, "\(script) cannot be run")
    }
  }
}
