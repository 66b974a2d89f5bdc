internal import HoldfastRuntime

/// How an orderly stop went, in words.
enum StopText {
  static func lines(_ report: StopReport) -> [LogLine] {
    var lines = report.problems.map { LogLine(.warning, $0) }
    for provider in report.providers {
      var parts = ["\(Count.text(provider.acknowledgedTurns, "turn")) acknowledged"]
      if provider.deferredTurns > 0 {
        parts.append("\(provider.deferredTurns) deferred to the next start")
      }
      if provider.parkedBatches > 0 {
        parts.append("\(Count.text(provider.parkedBatches, "batch", "batches")) parked")
      }
      let needsCare = provider.deferredTurns > 0 || provider.parkedBatches > 0
      lines.append(
        LogLine(
          needsCare ? .warning : .info, source: provider.instance, parts.joined(separator: ", ")))
    }
    lines.append(
      report.isSafe
        ? LogLine(.info, "stopped; everything is in the journal")
        : LogLine(.error, "stopped, but not everything could be written to the journal"))
    return lines
  }
}
