import CShims
import Glibc
import HoldfastCore
import HoldfastPorts
import Testing

/// A plugin that takes the process down is named. Each host runs in a child process.
@Suite struct CrashTests {

  @Test func exitInACallIsCaughtAndNamed() async {
    let result = await #expect(
      processExitsWith: .exitCode(70), observing: [\.standardErrorContent]
    ) {
      try await Self.run("exits", reason: "")
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      text.contains(
        "holdfast: exit() was called by plugin exits in its call event for session "
          + "\(Samples.session); a plugin must return a failure instead\n"))
  }

  /// How the process ends is for the handler that was there before to say.
  @Test(arguments: ["", "overflow"])
  func aCrashInACallIsNamed(reason: String) async {
    let result =
      reason.isEmpty
      ? await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent],
        performing: { try await Self.run("crashes", reason: "") })
      : await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent],
        performing: { try await Self.run("crashes", reason: "overflow") })
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      text.contains(
        "holdfast: crash (SIGSEGV) of plugin crashes in its call event for session "
          + "\(Samples.session) at 0x"))
    #expect(text.contains("/crashes.so"))
  }

  @Test func anOrderlyEndIsNotMistakenForAPlugins() async {
    await #expect(processExitsWith: .exitCode(5)) {
      cshims_crash_handlers_install(-1)
      exit(5)
    }
  }

  /// Hands the plugin an event that ends the process.
  private static func run(_ fixture: String, reason: String) async throws {
    cshims_crash_handlers_install(-1)
    let host = try TestHost()
    let port = try host.start(fixture)
    port.deliver(Samples.turn(1, reason: reason), number: 1)
    _ = try host.handled(port, through: 1)
  }
}
