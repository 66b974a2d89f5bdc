internal import HoldfastPlugin

/// Looks at the operations of many jobs at once: the list of a bank's newest operations says in one
/// answer what each job would be told by itself. Belongs to the loop's thread.
///
/// A server counts all that a bank ever had for such a list, so one that takes long is not asked
/// for any more for some time, and only for one of each bank at a time.
final class Looks {
  /// With fewer jobs that change something none waits for others.
  private static let crowd = 8
  /// How long the first waits for others.
  private static let gathering = Duration.milliseconds(2)
  /// So many wait for nobody.
  private static let many = 32
  /// With fewer a list is no gain.
  private static let few = 3
  /// The server lists no more at a time.
  private static let listedAtMost = 100
  /// A list is given up after so long; one that takes longer than `slow` was no gain.
  private static let patience: UInt64 = 1_000_000_000
  private static let slow: UInt64 = 100_000_000
  /// A server that is no help is asked for a list again after so long.
  private static let pause: UInt64 = 600_000_000_000

  private struct Look {
    let job: Job
    /// The operation's id in small letters, as a list may have it in others.
    let key: String
    let then: (String?) -> Void
  }

  /// What one bank is looked at for.
  private struct Group {
    var looks: [Look] = []
    var alarm: Int?
    var isListing = false
    /// The last list did not name all that were looked at.
    var hasMissed = false
  }

  private unowned let server: Server
  private var groups: [String: Group] = [:]
  private var refusedUntil: UInt64 = 0

  init(_ server: Server) { self.server = server }

  private var loop: Loop { server.loop }

  /// Whether looks are to be taken together now.
  var areWorthwhile: Bool { server.writers >= Self.crowd && isAllowed }

  private var isAllowed: Bool { loop.now >= max(refusedUntil, server.quietUntil) }

  /// Looks at an operation of a bank, together with others. Says the status, nil if the operation
  /// has to be looked at by itself. A job that is over meanwhile hears nothing.
  func look(
    at id: String, in bank: String, for job: Job, then: @escaping (String?) -> Void
  ) {
    groups[bank, default: Group()].looks.append(
      Look(job: job, key: id.lowercased(), then: then))
    advance(bank)
  }

  /// Asks for a list as soon as that is worth it.
  private func advance(_ bank: String) {
    guard let group = groups[bank], !group.isListing, !group.looks.isEmpty else { return }
    if group.looks.count >= Self.many { return list(bank) }
    guard group.alarm == nil else { return }
    groups[bank]?.alarm = loop.after(Self.gathering) { [self] in list(bank) }
  }

  /// The jobs are over: nobody is told anything any more.
  func forgetAll() { groups = [:] }

  private func list(_ bank: String) {
    guard var group = groups[bank] else { return }
    if let alarm = group.alarm { loop.silence(alarm) }
    let looks = group.looks
    (group.looks, group.alarm) = ([], nil)
    guard looks.count >= Self.few, isAllowed else {
      groups[bank] = group.hasMissed ? group : nil
      return Self.tell(looks, [:])
    }
    group.isListing = true
    groups[bank] = group
    // Most are among as many of the newest as there are jobs, since each has one operation.
    let newest = group.hasMissed ? Self.listedAtMost : max(server.writers, looks.count)
    let limit = min(Self.listedAtMost, newest)
    let begin = loop.now
    loop.send(
      Request(path: "\(bank)/operations?type=batch_retain&limit=\(limit)"),
      deadline: begin + Self.patience
    ) { [self] reply in
      heard(reply, bank, looks, isSlow: loop.now - begin > Self.slow)
    }
  }

  private func heard(_ reply: Reply, _ bank: String, _ looks: [Look], isSlow: Bool) {
    let statuses = Self.statuses(reply)
    if !server.heardPlea(reply), isSlow || statuses.isEmpty {
      refusedUntil = loop.now + Self.pause
    }
    groups[bank]?.isListing = false
    groups[bank]?.hasMissed = looks.contains { statuses[$0.key] == nil }
    Self.tell(looks, statuses)
    if let group = groups[bank], group.looks.isEmpty, !group.hasMissed { groups[bank] = nil }
    advance(bank)
  }

  private static func tell(_ looks: [Look], _ statuses: [String: String]) {
    for look in looks where !look.job.isOver { look.then(statuses[look.key]) }
  }

  /// The status of each operation that is listed.
  private static func statuses(_ reply: Reply) -> [String: String] {
    guard case .answered(200, let body?, _) = reply else { return [:] }
    var statuses: [String: String] = [:]
    for operation in body["operations"].list ?? [] {
      guard let id = operation["id"].text, let status = operation["status"].text else { continue }
      statuses[id.lowercased()] = status
    }
    return statuses
  }
}
