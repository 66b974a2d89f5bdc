public import HoldfastCore

/// One thing that a seed decides about a run. A run is the list of its decisions, and can be
/// repeated from it, also with some of them left out.
public enum Decision: Sendable, Equatable {
  /// How something is that would else be as by default.
  case setting(Setting)
  /// Something that somebody does.
  case action(Action)
  /// Something that goes wrong.
  case fault(Fault)
}

/// How a world differs from the plainest one.
public enum Setting: Sendable, Equatable {
  /// So many turns make a batch of the first provider.
  case every(Int)
  /// There is a second provider, with so many turns to a batch.
  case archive(every: Int)
  /// There is a second agent, with a channel of its own; it remembers with both providers or, if
  /// there are two, with the first alone.
  case secondAgent(remembersWithAll: Bool)
  /// Whose memories they are.
  case scope(ScopeRule)
  /// No turns while a provider is missing.
  case strict
  /// Turns that may wait at a place.
  case queueCap(Int)
  /// What becomes of messages that arrive while a turn runs, and of those beyond that.
  case queue(QueueMode, debounce: Duration, QueueOverflow)
  /// So many turns do host-side work at a time.
  case slots(Int)
  /// So many calls of turns are under way with a model, or with tools.
  case outstanding(Int)
  /// The first provider answers with memories of other scopes too.
  case indiscreet
  /// The first provider cannot take turns back.
  case cannotWithdraw
  /// The first provider takes batches of so many sessions at once.
  case concurrentSessions(Int)
  /// A conversation is over after so long without a word.
  case expiry(Duration)
  /// What the first provider says is to stand in summaries.
  case keeps(String)
  /// Events that a mailbox holds.
  case mailboxBound(Int)
  /// Places that are kept in mind.
  case placesKept(Int)
  /// Plugins take up to so many milliseconds.
  case delays(Int)
  /// The model calls tools, in at most so many rounds.
  case tools(rounds: Int)
  /// How often something goes wrong.
  case faults(Faults)
  /// A session is looked at when it has been busy for so long, and its turn is aborted when it has
  /// been silent for so long; models fail at least so often, in a thousand, and report progress.
  case attention(stuckAfter: Duration, abortAfter: Duration, models: Int)
  /// What goes wrong with calls is always one of these.
  case behaviours([Behaviour])
}

/// Something that somebody does, some time after what was done before.
public struct Action: Sendable, Equatable {
  /// Who speaks, and where.
  public struct Speaker: Sendable, Equatable {
    var user: String
    var chat: String
    var channel: InstanceID
    var kind: ChatKind
  }

  /// A choice among what there is when its time comes, taken modulo that.
  public typealias Pick = UInt64

  /// What is changed while the host is down.
  public enum Change: Sendable, Equatable {
    /// A provider's memories go elsewhere from now on: where they were at first, to one other
    /// place, or to a place of their own.
    case destination(InstanceID, Pick)
    /// A library is removed, or put back.
    case library(InstanceID)
    /// A section of the configuration is removed, or put back.
    case section(InstanceID)
    /// So many turns make a batch from now on.
    case every(InstanceID, Int)
  }

  /// What is done.
  public enum Deed: Sendable, Equatable {
    /// A person says something.
    case say(Speaker, String)
    /// A person goes on with some session.
    case resume(Speaker, Pick, move: Bool)
    /// A person deletes some session.
    case delete(Speaker, Pick)
    /// A channel hands over some message that was accepted before.
    case again(Pick)
    /// The operator has a dead letter sent again.
    case retry(Pick)
    /// The operator gives a dead letter up.
    case drop(Pick)
    /// The operator writes an enrolment's debt off.
    case detach(Pick)
    /// The operator has a provider told what was said before, in some session or in all.
    case backfill(InstanceID, Pick?, isDryRun: Bool)
    /// The operator asks about everything.
    case look
    /// The operator commands something at some session.
    case command(Pick, ChatCommand)
    /// The operator takes some session away from whoever holds it.
    case breakLock(Pick)
    /// The operator stops a plugin.
    case stopPlugin(InstanceID)
    /// The operator starts a plugin.
    case startPlugin(InstanceID)
    /// A plugin ends by itself.
    case plugin(InstanceID)
    /// A plugin has other tools from now on: all of them, or the first alone.
    case tools(all: Bool)
    /// A heartbeat, so late.
    case beat(lateBy: Duration)
    /// A plugin takes up work for some session alone.
    case takeUp(ActivityKind, Pick, InstanceID)
    /// A plugin ends some such work.
    case letGo(Pick, InstanceID)
    /// The host stops in an orderly way, and starts again.
    case restart([Change])
    /// The host dies, between two inputs.
    case crash(keeping: Pick)
    /// The wall clock jumps by so many milliseconds.
    case clock(Int64)
  }

  /// How long after the one before.
  public var pause: Duration
  /// What.
  public var deed: Deed
}

extension Setting: CustomStringConvertible {
  /// For people.
  public var description: String {
    switch self {
    case .every(let count): "notes: a batch every \(count) turns"
    case .archive(let count): "a second provider, archive: a batch every \(count) turns"
    case .secondAgent(let all):
      "a second agent at channel office, remembering with \(all ? "all" : "notes")"
    case .scope(let rule): "scope \(rule)"
    case .strict: "strict memory"
    case .expiry(let limit): "a session is over after \(limit) without a word"
    case .keeps(let text): "notes has “\(text)” kept in summaries"
    case .queueCap(let count): "\(count) turns may wait"
    case .queue(let mode, let debounce, let overflow):
      "messages: \(mode), quiet for \(debounce), beyond the cap \(overflow)"
    case .slots(let count): "\(count) turns do work of the host"
    case .outstanding(let count): "\(count) calls of turns are under way with a plugin"
    case .indiscreet: "notes answers with memories of others"
    case .cannotWithdraw: "notes cannot take turns back"
    case .concurrentSessions(let count): "notes takes \(count) sessions at once"
    case .mailboxBound(let count): "mailboxes hold \(count) events"
    case .placesKept(let count): "\(count) places are kept in mind"
    case .delays(let limit): "plugins take up to \(limit) ms"
    case .tools(let rounds): "the model calls tools in at most \(rounds) rounds"
    case .behaviours(let behaviours): "calls go wrong like this: \(behaviours)"
    case .attention(let stuck, let abort, let models):
      "looked at after \(stuck.milliseconds) ms, aborted after \(abort.milliseconds) ms, "
        + "\(models) models in a thousand fail"
    case .faults(let faults): "faults in a thousand: \(faults)"
    }
  }
}

extension Action.Deed: CustomStringConvertible {
  /// For people.
  public var description: String {
    switch self {
    case .say(let speaker, let text): "\(speaker) says “\(text)”"
    case .resume(let speaker, _, let move): "\(speaker) resumes\(move ? " and moves" : "")"
    case .delete(let speaker, _): "\(speaker) deletes some session"
    case .again: "a channel hands a message over again"
    case .retry: "operator: retry a dead letter"
    case .drop: "operator: drop a dead letter"
    case .detach: "operator: detach an enrolment"
    case .backfill(let instance, let pick, let isDryRun):
      "operator: backfill \(instance), \(pick == nil ? "all" : "one session"), dry: \(isDryRun)"
    case .look: "operator: status"
    case .command(_, let command): "operator: \(command)"
    case .breakLock: "operator: break the lock of a session"
    case .stopPlugin(let instance): "operator: stop \(instance)"
    case .startPlugin(let instance): "operator: start \(instance)"
    case .plugin(let instance): "\(instance) ends by itself"
    case .tools(let all): "box has \(all ? "all" : "few") tools"
    case .beat(let lateness): "a heartbeat, late by \(lateness.milliseconds) ms"
    case .takeUp(let kind, _, let instance): "\(instance) takes up a \(kind) for some session"
    case .letGo(_, let instance): "\(instance) ends some work"
    case .restart(let changes): "restart of the host\(changes.isEmpty ? "" : " with \(changes)")"
    case .crash: "crash of the host"
    case .clock(let jump): "the wall clock jumps by \(jump) ms"
    }
  }
}

extension Action.Speaker: CustomStringConvertible {
  /// For people.
  public var description: String { "\(user) in \(chat) of \(channel)" }
}
