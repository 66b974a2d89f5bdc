internal import CShims
internal import Glibc
internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastJournal
internal import HoldfastPorts

extension Doctor {
  /// What there is of a host.
  struct HostSeen {
    /// Whether one holds the state.
    var isThere: Bool
    /// What it says of itself, nil if it does not answer.
    var status: HostStatus?
    /// Who holds what in it, nil if it does not say.
    var locks: LockReport?
  }

  /// Who holds the state, and whether that host answers.
  mutating func examineHost() -> HostSeen {
    let lock = paths.stateDirectory + "/host.lock"
    let isLocked = cshims_is_locked(lock)
    if isLocked < 0, isLocked != -ENOENT {
      add("host", .error, "cannot look at \(lock): \(systemText(-isLocked)); look at the folder")
    }
    guard isLocked == 1 else {
      if isLocked >= 0 || isLocked == -ENOENT { add("host", .ok, "no host is running") }
      return HostSeen(isThere: false)
    }
    let holder = SystemText.read(lock).split(separator: "\n").joined(separator: ", ")
    let client = ControlClient(path: paths.controlSocket, timeout: .seconds(2))
    do throws(ControlFailure) {
      if case .status(let status) = try client.ask(.status) {
        add("host", .ok, "running, pid \(status.pid), version \(status.version)")
        var seen = HostSeen(isThere: true, status: status)
        if case .locks(let report) = try client.ask(.locks) { seen.locks = report }
        return seen
      }
      add("host", .warning, "the host (\(holder)) answers strangely; it may be of another version")
    } catch {
      add(
        "host", .error,
        "a host holds the state (\(holder)) and does not answer at \(paths.controlSocket): \(error)"
      )
    }
    return HostSeen(isThere: true)
  }

  /// Sockets that no host has.
  mutating func examineSockets(_ host: HostSeen) {
    let folder = paths.runtimeDirectory
    let sockets = FolderListing.names(in: folder).filter {
      FileFacts("\(folder)/\($0)")?.isSocket ?? false
    }
    guard !host.isThere, !sockets.isEmpty, cshims_is_locked(folder + "/sockets.lock") != 1 else {
      return
    }
    let listed = sockets.joined(separator: ", ")
    guard fixes else {
      return add(
        "sockets", .warning,
        "\(listed) in \(folder) are left behind by a host that is gone; the next one removes them, "
          + "or `holdfast doctor --fix`")
    }
    do throws(HostStartError) {
      // Whoever has the lock may remove them, and does.
      let lock = try HostLock(runtimeFolder: folder)
      _ = consume lock
      fixed("sockets", "removed \(listed), which a host had left behind")
    } catch {
      add("sockets", .warning, error.description)
    }
  }

  /// What a running host is not content with.
  mutating func examineStatus(_ status: HostStatus) {
    for problem in status.problems { add("host", .warning, problem) }
    for plugin in status.plugins where ["failed", "wedged"].contains(plugin.state) {
      if status.problems.contains(where: { $0.contains(plugin.instance) }) { continue }
      add("plugin \(plugin.instance)", .warning, "is \(plugin.state): \(plugin.detail)")
    }
    for provider in status.providers {
      let name = "memory \(provider.instance)"
      if provider.parkedBatches > 0 {
        add(
          name, .warning,
          "\(provider.parkedBatches) batches wait for a person; `holdfast memory pending "
            + "\(provider.instance)` shows them")
      }
      let owed = provider.backlogTurns
      add(name, .ok, "\(provider.state), \(owed) turns owed")
    }
  }

  /// The journal's file.
  mutating func examineJournal(isRunning: Bool) {
    let path = paths.stateDirectory + "/journal.sqlite"
    if FileFacts(path) == nil, FileFacts(path + "-wal") == nil {
      return add("journal", .ok, "there is none yet")
    }
    do {
      let found = try JournalExamination(path: path, isThorough: true)
      if let damage = found.damage {
        add(
          "journal", .error,
          "\(path) is damaged (\(damage)); restore a copy of it, or move it away with its -wal")
      } else if found.schema > found.knownSchema {
        add(
          "journal", .error,
          "\(path) has schema \(found.schema), and this version knows \(found.knownSchema); use a "
            + "newer version")
      } else {
        add("journal", .ok, Self.text(found))
      }
      if found.logBytes > 256 << 20 {
        add(
          "journal", .warning,
          "its log has \(FileFacts.size(found.logBytes)); see in `holdfast status` why it grows")
      }
      if !isRunning, found.parkedBatches > 0 {
        add(
          "memory", .warning,
          "\(found.parkedBatches) batches wait for a person; start a host, then `holdfast memory "
            + "pending`")
      }
      if !isRunning, found.waitingMessages > 0 {
        add("journal", .ok, "\(found.waitingMessages) messages wait for the next start")
      }
    } catch {
      add("journal", .error, error.description)
    }
  }

  private static func text(_ found: JournalExamination) -> String {
    "schema \(found.schema), \(FileFacts.size(found.bytes)), "
      + "log \(FileFacts.size(found.logBytes)), pages agree"
  }
}
