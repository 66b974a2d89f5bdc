import HoldfastCore
import HoldfastThreads
import Synchronization
import Testing

@testable import HoldfastRuntime

@Suite struct ProcessFiguresTests {
  @Test func theSystemIsReadAsItIs() {
    let row = ProcessFigures.row()
    #expect(row.residentBytes > 1 << 20 && row.threads > 0 && row.descriptors > 2)
    #expect(row.cpuMilliseconds > 0)
    #expect(!SystemText.kernel.isEmpty)
    #expect(SystemText.read("/nonexistent").isEmpty)
    #expect(SystemText.number("VmRSS:", in: "VmRSS:\t  12 kB\n") == 12)
    #expect(SystemText.number("VmRSS:", in: "VmSwap: 12 kB\n") == nil)
  }

  @Test func threadsAreKnownByName() {
    let isKnown = Mutex(false)
    let thread = NamedThread("hf-odd) name") {
      let has = ProcessFigures.cpuByThread["hf-odd) name"] != nil
      isKnown.withLock { $0 = has }
    }
    thread.join()
    #expect(isKnown.withLock { $0 })
  }

  @Test func pluginsAreToldApartByWhatTheKernelKeepsOfTheirNames() {
    let threads: [String: UInt64] = ["hf-notes": 5, "hf-a-very-long": 7, "hf-a-very-long-": 9]
    let instances = ["notes", "a-very-long-name", "a-very-long-nome", "quiet"].map {
      InstanceID($0)
    }
    #expect(MetricsService.byPlugin(threads, instances) == ["notes": 5, "quiet": 0])
  }
}
