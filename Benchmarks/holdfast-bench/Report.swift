/// The figures as text.
struct Report {
  let machine: Machine
  let figures: [Figure]

  /// For a terminal.
  var table: String {
    let rows = figures.map { [$0.name, $0.asked, $0.measured, $0.verdict] }
    let head = ["figure", "asked", "measured", "reached"]
    let widths = head.indices.map { column in
      ([head] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([head] + rows).map { row in
      row.indices.map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count) }
        .joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// For docs/BENCHMARKS.md.
  var document: String {
    let rows = figures.map { figure in
      "| \(figure.name) | \(figure.asked) | \(figure.measured) | \(figure.verdict) |"
    }
    let notes = figures.filter { !$0.note.isEmpty || $0.isReached == false }.map(\.paragraph)
    return """
      # Benchmarks

      Written by `make bench`, which builds everything for release, runs
      `holdfast-bench --plugins build/plugins --write docs/BENCHMARKS.md`, and measures the shipped
      `holdfast` from outside wherever that is possible. Ratios compare with plain C of the same
      run, which takes turns with what it is compared to. The peer is \(Peer.name), which
      `make peer` installs; its own manager and provider are driven by `Benchmarks/peer/peer.py`.

      Machine: \(machine.processor), \(machine.cores) cores of a virtual machine,
      \(machine.memory), \(machine.kernel). Run of \(machine.date), load average
      \(machine.load) at its start and \(Machine.currentLoad) at its end.

      | Figure | Asked | Measured | Reached |
      | --- | --- | --- | --- |
      \(rows.joined(separator: "\n"))

      ## How it was measured

      \(notes.joined(separator: "\n"))

      A thread that sleeps is woken within about 4 µs where it shares a core with its waker, and
      within about 20 µs where another core has to be woken first; which of the two happens is up to
      the scheduler, so figures of this kind have two peaks and are compared by their medians.

      Schedules of the simulator per second and trials with `kill -9` have targets of their own,
      which say how many they ran: `make simulate SEEDS=10000` and `make crash-trials N=1000`.

      """
  }
}
