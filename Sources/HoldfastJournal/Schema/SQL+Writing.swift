extension SQL {
  /// Statements of the operations, nil for those of the questions.
  var writing: String? {
    ofTransactions ?? guarding ?? ofSessions ?? ofPurging ?? ofMessages ?? ofTurns ?? ofDebts
  }

  private var ofTransactions: String? {
    switch self {
    case .begin: "BEGIN IMMEDIATE"
    case .beginReading: "BEGIN"
    case .commit: "COMMIT"
    case .rollback: "ROLLBACK"
    case .savepoint: "SAVEPOINT part"
    case .release: "RELEASE part"
    case .rollbackTo: "ROLLBACK TO part"
    default: nil
    }
  }

  private var guarding: String? {
    switch self {
    case .tail: "SELECT token, last_turn FROM tails WHERE session = ?"
    case .binding: "SELECT session, epoch FROM places WHERE key = ?"
    case .hostToken: "SELECT value FROM meta WHERE name = 'host_token'"
    case .raiseHostToken:
      """
      INSERT INTO meta(name, value) VALUES('host_token', ?)
      ON CONFLICT(name) DO UPDATE SET value = excluded.value
      """
    case .isAccepted:
      """
      SELECT 1 FROM inputs WHERE channel = ? AND account = ? AND message_id = ?
        AND message_id <> ''
      """
    default: nil
    }
  }

  private var ofSessions: String? {
    switch self {
    case .openSession:
      """
      INSERT INTO sessions(id, key, parent, branch_of, shared_limit, scope, user, title, created,
        ended, is_hidden, is_deleted, summary, summary_limit, queue_mode)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    case .openTail: "INSERT INTO tails(session, token, last_turn, live_turns) VALUES(?, ?, ?, 0)"
    case .raiseToken: "UPDATE tails SET token = max(token, ?2) WHERE session = ?1"
    case .bind:
      """
      INSERT INTO places(key, session, epoch, bound) VALUES(?, ?, ?, ?)
      ON CONFLICT(key) DO UPDATE
      SET session = excluded.session, epoch = excluded.epoch, bound = excluded.bound
      """
    case .endSession:
      "UPDATE sessions SET ended = ?2, is_hidden = max(is_hidden, ?3) WHERE id = ?1"
    case .reopenSession: "UPDATE sessions SET ended = NULL, is_hidden = is_deleted WHERE id = ?"
    case .limitShared: "UPDATE sessions SET shared_limit = ?2 WHERE id = ?1"
    case .compact: "UPDATE sessions SET summary = ?2, summary_limit = ?3 WHERE id = ?1"
    case .setQueueMode: "UPDATE sessions SET queue_mode = ?2 WHERE id = ?1"
    case .deleteSession: "UPDATE sessions SET is_deleted = 1, is_hidden = 1 WHERE id = ?"
    default: nil
    }
  }

  private var ofPurging: String? {
    switch self {
    case .markPurged:
      "UPDATE sessions SET is_purged = 1 WHERE id = ? AND is_deleted = 1 AND is_purged = 0"
    case .branchOf: "SELECT branch_of FROM sessions WHERE id = ? AND is_purged = 1"
    case .neededLimit: "SELECT max(shared_limit) FROM sessions WHERE branch_of = ?"
    case .purgeTurns: "DELETE FROM turns WHERE session = ?1 AND (idx > ?2 OR status <> 0)"
    case .removeTurns: "DELETE FROM turns WHERE session = ?"
    case .removeSession: "DELETE FROM sessions WHERE id = ?"
    case .removeTail: "DELETE FROM tails WHERE session = ?"
    case .unbindSession: "UPDATE places SET session = NULL WHERE session = ?"
    case .purgeCursors: "DELETE FROM cursors WHERE session = ?"
    case .purgeWithdrawals: "DELETE FROM withdrawals WHERE session = ?"
    case .purgeCuts: "DELETE FROM cuts WHERE session = ?"
    case .purgeInputs:
      """
      UPDATE inputs SET text = '', user = '', user_name = '' WHERE session = ? AND status <> 0
      """
    case .purgeReplies: "DELETE FROM replies WHERE session = ? AND status NOT IN (0, 1)"
    case .purgeEvents:
      """
      UPDATE events SET user_text = '', answer_text = ''
      WHERE session = ? AND (user_text <> '' OR answer_text <> '')
      """
    case .purgeArrears: "DELETE FROM arrears WHERE session = ?"
    case .keepHighest:
      """
      INSERT INTO meta(name, value) VALUES
        ('last_sequence', coalesce(max((SELECT coalesce(max(sequence), 0) FROM turns),
          (SELECT coalesce(max(sequence), 0) FROM events)), 0)),
        ('last_input', (SELECT coalesce(max(id), 0) FROM inputs)),
        ('last_reply', (SELECT coalesce(max(id), 0) FROM replies)),
        ('last_cut', (SELECT coalesce(max(id), 0) FROM cuts))
      ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)
      """
    default: nil
    }
  }

  private var ofMessages: String? {
    switch self {
    case .acceptInput:
      """
      INSERT INTO inputs(id, channel, account, message_id, key, session, epoch, is_command, text,
        user, user_name, received, status, starts, is_from_bot, is_mention)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    case .returnInput: "UPDATE inputs SET starts = starts - 1 WHERE id = ?"
    case .startInput: "UPDATE inputs SET starts = starts + 1 WHERE id = ?"
    case .settleInput: "UPDATE inputs SET status = ?2 WHERE id = ?1"
    case .queueReply:
      """
      INSERT INTO replies(id, channel, account, key, session, turn, reply_to, part, part_count,
        text, is_notice, status, result, queued)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    case .settleReply: "UPDATE replies SET status = ?2, result = ?3 WHERE id = ?1"
    case .emit:
      """
      INSERT INTO events(sequence, kind, session, key, parent, scope, epoch, first_turn, last_turn,
        user, reason, new_session, new_parent, new_last_turn, new_epoch, is_reset, is_rewound,
        user_text, answer_text, message_id, time)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    case .advanceEvents:
      """
      INSERT INTO plugin_cursors(instance, sequence) VALUES(?, ?)
      ON CONFLICT(instance) DO UPDATE SET sequence = excluded.sequence
      """
    case .startTool:
      """
      INSERT INTO tool_calls(input, number, name, arguments, is_read_only, started)
      VALUES(?, ?, ?, ?, ?, ?)
      """
    case .endTools: "DELETE FROM tool_calls WHERE input = ?"
    case .eventPage:
      "SELECT sequence FROM events WHERE sequence > ? ORDER BY sequence LIMIT 1 OFFSET ?"
    case .cutPage: "SELECT id FROM cuts WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?"
    case .pruneEvents: "DELETE FROM events WHERE sequence > ? AND sequence <= ? AND time < ?"
    case .pruneCuts:
      """
      DELETE FROM cuts
      WHERE id > ? AND id <= ? AND created < ? AND status IN (1, 3) AND NOT EXISTS (
        SELECT 1 FROM withdrawals w WHERE w.session = cuts.session
          AND w.enrolment = cuts.enrolment
          AND w.turn BETWEEN cuts.first_turn AND cuts.last_turn)
      """
    case .inputPage: "SELECT id FROM inputs WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?"
    case .replyPage: "SELECT id FROM replies WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?"
    case .pruneInputs:
      "DELETE FROM inputs WHERE id > ? AND id <= ? AND received < ? AND status IN (1, 2)"
    case .pruneReplies:
      "DELETE FROM replies WHERE id > ? AND id <= ? AND queued < ? AND status IN (2, 3)"
    default: nil
    }
  }

  private var ofTurns: String? {
    switch self {
    case .appendTurn:
      """
      INSERT INTO turns(sequence, session, idx, status, input, started, finished, user_name,
        user_text, answer_text, tools, epoch)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    case .moveTail:
      """
      UPDATE tails SET last_turn = max(last_turn, ?2), live_turns = live_turns + ?3
      WHERE session = ?1
      """
    case .withdrawTurns:
      "UPDATE turns SET status = 2 WHERE session = ? AND idx BETWEEN ? AND ? AND status = 0"
    case .shrinkTail: "UPDATE tails SET live_turns = live_turns - ?2 WHERE session = ?1"
    default: nil
    }
  }

  private var ofDebts: String? {
    switch self {
    case .enrol:
      """
      INSERT INTO enrolments(id, agent, instance, destination, start, is_detached)
      VALUES(?, ?, ?, ?, ?, ?)
      """
    case .detach: "UPDATE enrolments SET is_detached = 1 WHERE id = ?"
    case .detachCursors: "UPDATE cursors SET is_owing = 0 WHERE enrolment = ? AND is_owing = 1"
    case .detachWithdrawals: "DELETE FROM withdrawals WHERE enrolment = ?"
    case .detachCuts: "UPDATE cuts SET status = 3 WHERE enrolment = ? AND status IN (0, 2)"
    case .setCursor:
      """
      INSERT INTO cursors(session, enrolment, watermark, is_owing) VALUES(?, ?, ?, ?)
      ON CONFLICT(session, enrolment)
      DO UPDATE SET watermark = excluded.watermark, is_owing = excluded.is_owing
      """
    case .openCut:
      """
      INSERT INTO cuts(id, enrolment, session, turns, first_turn, last_turn, status, is_unknown,
        is_out_of_order, attempts, reason, document, parent, scope, tags, created)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    case .settleCut:
      """
      UPDATE cuts SET status = ?2, is_unknown = ?3, attempts = ?4, reason = ?5
      WHERE id = ?1 AND status IN (0, 2)
      """
    case .oweWithdrawal:
      """
      INSERT INTO withdrawals(session, enrolment, turn, cut, is_sent, owed, epoch)
      VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(session, enrolment, turn)
      DO UPDATE SET cut = excluded.cut, is_sent = excluded.is_sent, owed = excluded.owed,
        epoch = excluded.epoch
      """
    case .settleWithdrawals:
      "DELETE FROM withdrawals WHERE session = ? AND enrolment = ? AND turn BETWEEN ? AND ?"
    case .markWithdrawals:
      """
      UPDATE withdrawals SET is_sent = 1
      WHERE session = ? AND enrolment = ? AND turn BETWEEN ? AND ?
      """
    default: ofEnrolments
    }
  }

  private var ofEnrolments: String? {
    switch self {
    case .removeSpans: "DELETE FROM spans WHERE enrolment = ?"
    case .addSpan: "INSERT INTO spans(enrolment, session, after, through) VALUES(?, ?, ?, ?)"
    case .setArrears:
      """
      INSERT INTO arrears(session, enrolment, turns) VALUES(?, ?, ?)
      ON CONFLICT(session, enrolment) DO UPDATE SET turns = excluded.turns
      """
    case .removeArrears: "DELETE FROM arrears WHERE session = ? AND enrolment = ?"
    case .detachArrears: "DELETE FROM arrears WHERE enrolment = ?"
    case .setBackfill:
      """
      INSERT INTO backfills(enrolment, session, position, bound, turns) VALUES(?, ?, ?, ?, ?)
      ON CONFLICT(enrolment) DO UPDATE SET session = excluded.session,
        position = excluded.position, bound = excluded.bound, turns = excluded.turns
      """
    case .endBackfill: "DELETE FROM backfills WHERE enrolment = ?"
    default: nil
    }
  }
}
