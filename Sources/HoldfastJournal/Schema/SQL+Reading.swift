extension SQL {
  /// Statements of the questions.
  var reading: String {
    switch self {
    case .session: Self.sessions + "WHERE s.id = ? AND s.is_purged = 0"
    case .branch: "SELECT branch_of, shared_limit, summary_limit FROM sessions WHERE id = ?"
    case .place:
      """
      SELECT session, epoch, max(bound, coalesce((
        SELECT t.finished FROM turns t WHERE t.session = p.session ORDER BY t.idx DESC LIMIT 1), 0))
      FROM places p WHERE key = ?
      """
    case .boundKey: "SELECT key, epoch FROM places WHERE session = ? ORDER BY key LIMIT 1"
    case .visibleTurns:
      Self.turns + """
        WHERE session = ? AND idx > ? AND idx <= ? AND status = 0 ORDER BY idx DESC LIMIT ?
        """
    case .turnsBetween: Self.turns + "WHERE session = ? AND idx BETWEEN ? AND ? ORDER BY idx"
    case .events:
      """
      SELECT sequence, kind, session, key, parent, scope, epoch, first_turn, last_turn, user,
        reason, new_session, new_parent, new_last_turn, new_epoch, is_reset, is_rewound,
        user_text, answer_text, message_id, time
      FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?
      """
    case .turnEvents:
      """
      SELECT t.sequence, t.session, t.idx, t.user_text, t.answer_text, t.finished,
        coalesce(i.key, s.key), s.parent, s.scope, max(t.epoch, coalesce(i.epoch, 0)),
        CASE WHEN i.user <> '' THEN i.user ELSE s.user END, coalesce(i.message_id, '')
      FROM turns t CROSS JOIN sessions s ON s.id = t.session
        LEFT JOIN inputs i ON i.id = t.input
      WHERE t.sequence > ? AND t.status <> 1 ORDER BY t.sequence LIMIT ?
      """
    case .cutsSettled: Self.cuts + "WHERE enrolment = ? AND status = ? ORDER BY id LIMIT ?"
    case .cutsUnsettled:
      Self.cuts + """
        INDEXED BY cuts_unsettled
        WHERE enrolment = ? AND status = ? AND status IN (0, 2) ORDER BY id LIMIT ?
        """
    case .cutsHolding:
      Self.cuts + """
        WHERE session = ? AND enrolment = ? AND last_turn >= ? AND first_turn <= ? ORDER BY id
        """
    case .sessionsListed, .sessionsAll, .sessionsOfUser, .sessionsOfGroup: readingListings
    default: readingDebts
    }
  }

  private var readingListings: String {
    switch self {
    case .sessionsListed:
      Self.listing + """
        INDEXED BY sessions_listed CROSS JOIN tails t ON t.session = s.id
        WHERE s.is_hidden = 0 AND s.is_deleted = 0 AND s.id < ? ORDER BY s.id DESC LIMIT ?
        """
    case .sessionsAll:
      Self.listing + """
        CROSS JOIN tails t ON t.session = s.id
        WHERE s.is_deleted = 0 AND s.id < ? ORDER BY s.id DESC LIMIT ?
        """
    case .sessionsOfUser:
      Self.listing + """
        INDEXED BY sessions_of_user CROSS JOIN tails t ON t.session = s.id
        WHERE s.user = ? AND s.key >= ? AND s.key < ? AND s.is_hidden = 0 AND s.is_deleted = 0
        ORDER BY s.id DESC LIMIT ?
        """
    case .sessionsOfGroup:
      Self.listing + """
        INDEXED BY sessions_of_place CROSS JOIN tails t ON t.session = s.id
        WHERE s.key = ? AND s.is_hidden = 0 AND s.is_deleted = 0
        ORDER BY s.id DESC LIMIT ?
        """
    default: preconditionFailure("journal: a listing without text")
    }
  }

  private var readingDebts: String {
    switch self {
    case .enrolmentsOfAgent:
      "SELECT id FROM enrolments WHERE agent = ? AND is_detached = 0 ORDER BY id"
    case .cursor: "SELECT watermark, is_owing FROM cursors WHERE session = ? AND enrolment = ?"
    case .unsettledCuts:
      Self.cuts + "WHERE session = ? AND enrolment = ? AND status IN (0, 2) ORDER BY id"
    case .withdrawalsOf:
      """
      SELECT turn, cut, is_sent, owed, epoch FROM withdrawals
      WHERE session = ? AND enrolment = ? ORDER BY turn
      """
    case .pendingTurns:
      """
      SELECT idx, sequence, finished FROM turns WHERE session = ? AND idx > ? AND status = 0
      ORDER BY idx
      """
    case .owingCursors:
      """
      SELECT session, enrolment, watermark FROM cursors INDEXED BY cursors_owing
      WHERE is_owing = 1 ORDER BY enrolment, session
      """
    case .spansOf:
      "SELECT session, after, through FROM spans WHERE enrolment = ? ORDER BY session, after"
    case .arrearsOf: "SELECT turns FROM arrears WHERE session = ? AND enrolment = ?"
    case .liveTurnsBetween:
      "SELECT idx FROM turns WHERE session = ? AND idx BETWEEN ? AND ? AND status = 0 ORDER BY idx"
    case .turnsBehind:
      """
      SELECT sequence, session, idx, status FROM turns WHERE sequence > ? AND sequence <= ?
      ORDER BY sequence LIMIT ?
      """
    case .turnsOfSessionBehind:
      """
      SELECT sequence, session, idx, status FROM turns INDEXED BY turns_of_session
      WHERE sequence > ? AND sequence <= ? AND session = ? ORDER BY idx LIMIT ?
      """
    default: readingAtStart
    }
  }

  private var readingAtStart: String {
    switch self {
    case .highest:
      """
      SELECT
        max((SELECT coalesce(max(sequence), 0) FROM turns),
          (SELECT coalesce(max(sequence), 0) FROM events),
          coalesce((SELECT value FROM meta WHERE name = 'last_sequence'), 0)),
        max((SELECT coalesce(max(id), 0) FROM inputs),
          coalesce((SELECT value FROM meta WHERE name = 'last_input'), 0)),
        max((SELECT coalesce(max(id), 0) FROM replies),
          coalesce((SELECT value FROM meta WHERE name = 'last_reply'), 0)),
        max((SELECT coalesce(max(id), 0) FROM cuts),
          coalesce((SELECT value FROM meta WHERE name = 'last_cut'), 0))
      """
    case .enrolments:
      "SELECT id, agent, instance, destination, start, is_detached FROM enrolments ORDER BY id"
    case .backfills:
      "SELECT enrolment, session, position, bound, turns FROM backfills ORDER BY enrolment"
    case .setAside:
      "SELECT count(*) FROM inputs INDEXED BY inputs_set_aside WHERE status = 3"
    case .unknownReplies:
      "SELECT count(*) FROM replies INDEXED BY replies_unknown WHERE status = 4"
    case .waitingInputs:
      """
      SELECT id, channel, account, message_id, key, session, epoch, is_command, text, user,
        user_name, received, status, starts, is_from_bot, is_mention
      FROM inputs INDEXED BY inputs_waiting WHERE status = 0 ORDER BY id
      """
    case .toolCalls:
      """
      SELECT input, number, name, arguments, is_read_only, started FROM tool_calls
      ORDER BY input, number
      """
    case .undeliveredReplies:
      """
      SELECT id, channel, account, key, session, turn, reply_to, part, part_count, text,
        is_notice, status, result, queued
      FROM replies INDEXED BY replies_undelivered WHERE status IN (0, 1) ORDER BY id
      """
    case .eventCursors: "SELECT instance, sequence FROM plugin_cursors"
    default: preconditionFailure("journal: a statement without text")
    }
  }

  private static let sessionColumns = """
    s.id, s.key, s.parent, s.branch_of, s.shared_limit, s.scope, s.user, s.title, s.created,
      s.ended, s.is_hidden, s.is_deleted, s.summary, s.summary_limit, t.token, t.last_turn,
      s.queue_mode
    """

  private static let sessions = """
    SELECT \(sessionColumns) FROM sessions s CROSS JOIN tails t ON t.session = s.id

    """

  private static let listing = """
    SELECT \(sessionColumns), t.live_turns,
      (SELECT min(p.key) FROM places p WHERE p.session = s.id)
    FROM sessions s

    """

  private static let turns = """
    SELECT session, idx, status, user_text, user_name, answer_text, started, finished, sequence,
      input, tools, epoch
    FROM turns

    """

  private static let cuts = """
    SELECT id, enrolment, session, turns, status, is_unknown, is_out_of_order, attempts, reason,
      document, parent, scope, tags, created
    FROM cuts

    """
}
