internal import HoldfastPlugin

/// Looks at the operations of many jobs at once: the list of a bank's newest operations says in one
/// answer what each job would be told by itself. Belongs to the loop's thread.
final class Looks {
  /// With fewer jobs at the server none waits for others.
  private static let crowd = 8
  /// How long the first waits for others.
  private static let gathering = Duration.milliseconds(1)
  /// So many wait for nobody.
  private static let many = 32
  /// With fewer a list is no gain.
  private static let few = 3
  /// The server lists no more at a time.
  private static let listedAtMost = 100
  private static let patience: UInt64 = 5_000_000_000
  /// A server whose list names none of them is asked for a list again after so long.
  private static let pause: UInt64 = 600_000_000_000

  private struct Look {
    let job: Job
    /// The operation's id in small letters, as a list may have it in others.
    let key: String
    let then: (String?) -> Void
  }

  /// How many jobs are at the server.
  var jobs = 0
  private let loop: Loop
  private var gathered: [String: [Look]] = [:]
  private var refusedUntil: UInt64 = 0

  init(_ loop: Loop) { self.loop = loop }

  /// Whether looks are to be taken together now.
  var areWorthwhile: Bool { jobs >= Self.crowd && loop.now >= refusedUntil }

  /// Looks at an operation of a bank, together with others. Says the status, nil if the operation
  /// has to be looked at by itself. A job that is over meanwhile hears nothing.
  func look(
    at id: String, in bank: String, for job: Job, then: @escaping (String?) -> Void
  ) {
    let count = gathered[bank, default: []].count + 1
    gathered[bank, default: []].append(Look(job: job, key: id.lowercased(), then: then))
    if count >= Self.many {
      list(bank)
    } else if count == 1 {
      _ = loop.after(Self.gathering) { [self] in list(bank) }
    }
  }

  private func list(_ bank: String) {
    guard let looks = gathered.removeValue(forKey: bank) else { return }
    guard looks.count >= Self.few else { return Self.tell(looks, [:]) }
    // Each job has one operation there: those that are looked at are among so many of the newest.
    let limit = min(Self.listedAtMost, max(jobs, looks.count))
    let request = Request(path: "\(bank)/operations?type=batch_retain&limit=\(limit)")
    loop.send(request, deadline: loop.now + Self.patience) { [self] reply in
      let statuses = Self.statuses(reply)
      if !looks.contains(where: { statuses[$0.key] != nil }) {
        refusedUntil = loop.now + Self.pause
      }
      Self.tell(looks, statuses)
    }
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
