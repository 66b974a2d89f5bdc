import HoldfastCore
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
}
