import HoldfastCore
import Testing

/// When a host says that it is ready.
@Suite struct ReadinessTests {
  private static let wall = WallTime(milliseconds: 0)
  private static let first = InstanceID("first")
  private static let second = InstanceID("second")

  /// A host that has begun to load two plugins.
  private func host() -> Host {
    let nowhere = ConfigurationPosition(file: "", line: 0, column: 0)
    var configuration = Configuration()
    configuration.plugins = [Self.first, Self.second].map {
      PluginSettings(instance: $0, position: nowhere)
    }
    var host = Host(
      configuration: configuration, snapshot: Snapshot(), destinations: [:], seed: 1,
      at: Instant(nanoseconds: 0), wall: Self.wall)
    #expect(!isReady(after: .start, &host))
    return host
  }

  private func isReady(after input: HostInput, _ host: inout Host) -> Bool {
    host.handle(input, at: Instant(nanoseconds: 0), wall: Self.wall).contains {
      if case .ready = $0 { true } else { false }
    }
  }

  @Test func aHostIsReadyOnceWhenEveryPluginRunsOrHasFailed() {
    var host = host()
    #expect(!isReady(after: .plugin(Self.second, .created(PluginTraits())), &host))
    let fault = PluginFault(.create, "first: it does not want to")
    #expect(isReady(after: .plugin(Self.first, .failed(fault)), &host))
    #expect(!isReady(after: .control(1, .startPlugin(Self.first)), &host))
    #expect(!isReady(after: .plugin(Self.first, .created(PluginTraits())), &host))
  }

  @Test func aPluginThatIsStoppedWhileItLoadsIsNotWaitedFor() {
    var host = host()
    #expect(!isReady(after: .plugin(Self.first, .created(PluginTraits())), &host))
    #expect(!isReady(after: .control(1, .stopPlugin(Self.second)), &host))
    #expect(isReady(after: .plugin(Self.second, .destroyed), &host))
  }
}
