/// The tables, as steps from each version to the next. A step that was released is never edited.
enum Schema {
  /// Marks the file as a journal: "HFJ1".
  static let applicationID: Int64 = 0x4846_4A31

  /// The version that this host writes.
  static var current: Int { steps.count }

  /// `steps[n]` leads from version n to n + 1.
  static let steps: [String] = [first, tools, debts, ages, queues, epochs]

  /// Since when a withdrawal has been owed, so that it does not become young with each start; who
  /// sent a message, and to whom.
  private static let ages = """
    ALTER TABLE withdrawals ADD COLUMN owed INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE inputs ADD COLUMN is_from_bot INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE inputs ADD COLUMN is_mention INTEGER NOT NULL DEFAULT 0;
    """

  /// What becomes of messages that arrive while a turn of a session runs; empty as long as nobody
  /// has said so there.
  private static let queues = "ALTER TABLE sessions ADD COLUMN queue_mode TEXT NOT NULL DEFAULT '';"

  /// Under which epoch a turn was committed or taken back, and since when a key is bound as it is.
  private static let epochs = """
    ALTER TABLE withdrawals ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE turns ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE places ADD COLUMN bound INTEGER NOT NULL DEFAULT 0;
    """

  /// Session ids are text so that people can read them. Turns are numbered by their place in the
  /// order of the bus, so that they are written at the end of their table and need no further index
  /// to be read as events. What changes with every turn of a session lies in a narrow table of its
  /// own. Partial indexes hold what a start looks for, so that it costs nothing when nothing is
  /// owed.
  private static let first = """
    CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE sessions(
      id TEXT PRIMARY KEY, key TEXT NOT NULL, parent TEXT, branch_of TEXT,
      shared_limit INTEGER NOT NULL, scope TEXT NOT NULL, user TEXT NOT NULL, title TEXT NOT NULL,
      created INTEGER NOT NULL, ended INTEGER, is_hidden INTEGER NOT NULL,
      is_deleted INTEGER NOT NULL, is_purged INTEGER NOT NULL DEFAULT 0,
      summary_limit INTEGER NOT NULL, summary TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sessions_listed ON sessions(id) WHERE is_hidden = 0 AND is_deleted = 0;
    CREATE INDEX sessions_of_user ON sessions(user, id);
    CREATE INDEX sessions_of_place ON sessions(key, id);
    CREATE INDEX sessions_branched ON sessions(branch_of) WHERE branch_of IS NOT NULL;

    CREATE TABLE tails(
      session TEXT PRIMARY KEY, token INTEGER NOT NULL, last_turn INTEGER NOT NULL,
      live_turns INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE places(
      key TEXT PRIMARY KEY, session TEXT, epoch INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX places_bound ON places(session) WHERE session IS NOT NULL;

    CREATE TABLE turns(
      sequence INTEGER PRIMARY KEY, session TEXT NOT NULL, idx INTEGER NOT NULL,
      status INTEGER NOT NULL, input INTEGER NOT NULL, started INTEGER NOT NULL,
      finished INTEGER NOT NULL, user_name TEXT NOT NULL, user_text TEXT NOT NULL,
      answer_text TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX turns_of_session ON turns(session, idx);

    CREATE TABLE inputs(
      id INTEGER PRIMARY KEY, channel TEXT NOT NULL, account TEXT NOT NULL,
      message_id TEXT NOT NULL, key TEXT NOT NULL, session TEXT NOT NULL, epoch INTEGER NOT NULL,
      is_command INTEGER NOT NULL, text TEXT NOT NULL, user TEXT NOT NULL,
      user_name TEXT NOT NULL, received INTEGER NOT NULL, status INTEGER NOT NULL,
      starts INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX inputs_by_message ON inputs(channel, account, message_id)
      WHERE message_id <> '';
    CREATE INDEX inputs_waiting ON inputs(id) WHERE status = 0;
    CREATE INDEX inputs_of_session ON inputs(session);

    CREATE TABLE replies(
      id INTEGER PRIMARY KEY, channel TEXT NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL,
      session TEXT NOT NULL, turn INTEGER NOT NULL, reply_to TEXT NOT NULL, part INTEGER NOT NULL,
      part_count INTEGER NOT NULL, text TEXT NOT NULL, is_notice INTEGER NOT NULL,
      status INTEGER NOT NULL, result TEXT NOT NULL, queued INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX replies_undelivered ON replies(id) WHERE status IN (0, 1);
    CREATE INDEX replies_of_session ON replies(session);

    CREATE TABLE events(
      sequence INTEGER PRIMARY KEY, kind INTEGER NOT NULL, session TEXT, key TEXT, parent TEXT,
      scope TEXT NOT NULL, epoch INTEGER NOT NULL, first_turn INTEGER NOT NULL,
      last_turn INTEGER NOT NULL, user TEXT NOT NULL, reason TEXT NOT NULL, new_session TEXT,
      new_parent TEXT, new_last_turn INTEGER NOT NULL, new_epoch INTEGER NOT NULL,
      is_reset INTEGER NOT NULL, is_rewound INTEGER NOT NULL, user_text TEXT NOT NULL,
      answer_text TEXT NOT NULL, message_id TEXT NOT NULL, time INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX events_with_text ON events(session) WHERE user_text <> '' OR answer_text <> '';

    CREATE TABLE enrolments(
      id INTEGER PRIMARY KEY, agent TEXT NOT NULL, instance TEXT NOT NULL,
      destination TEXT NOT NULL, start INTEGER NOT NULL, is_detached INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE cursors(
      session TEXT NOT NULL, enrolment INTEGER NOT NULL, watermark INTEGER NOT NULL,
      is_owing INTEGER NOT NULL, PRIMARY KEY(session, enrolment)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX cursors_owing ON cursors(enrolment, session) WHERE is_owing = 1;

    CREATE TABLE cuts(
      id INTEGER PRIMARY KEY, enrolment INTEGER NOT NULL, session TEXT NOT NULL,
      turns TEXT NOT NULL, first_turn INTEGER NOT NULL, last_turn INTEGER NOT NULL,
      status INTEGER NOT NULL, is_unknown INTEGER NOT NULL, is_out_of_order INTEGER NOT NULL,
      attempts INTEGER NOT NULL, reason TEXT NOT NULL, document TEXT NOT NULL, parent TEXT,
      scope TEXT NOT NULL, tags TEXT NOT NULL, created INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX cuts_of_session ON cuts(session, enrolment, last_turn);
    CREATE INDEX cuts_unsettled_of_session ON cuts(session, enrolment) WHERE status IN (0, 2);
    CREATE INDEX cuts_unsettled ON cuts(enrolment, status) WHERE status IN (0, 2);

    CREATE TABLE withdrawals(
      session TEXT NOT NULL, enrolment INTEGER NOT NULL, turn INTEGER NOT NULL,
      cut INTEGER NOT NULL, is_sent INTEGER NOT NULL, PRIMARY KEY(session, enrolment, turn)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX withdrawals_of_enrolment ON withdrawals(enrolment);

    CREATE TABLE plugin_cursors(
      instance TEXT PRIMARY KEY, sequence INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  /// What a turn called stands in its row. Calls that are under way have rows of their own, as long
  /// as their turn has not come to its end.
  private static let tools = """
    ALTER TABLE turns ADD COLUMN tools TEXT NOT NULL DEFAULT '';

    CREATE TABLE tool_calls(
      input INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL,
      arguments TEXT NOT NULL, is_read_only INTEGER NOT NULL, started INTEGER NOT NULL,
      PRIMARY KEY(input, number)
    ) STRICT, WITHOUT ROWID;
    """

  /// In which stretches turns are owed to an enrolment, what a backfill adds, and how far it is.
  /// Until now an enrolment was owed everything behind its start. One that another destination of
  /// the same instance has followed, and that cut nothing since, ends where that one began.
  private static let debts = """
    CREATE TABLE spans(
      enrolment INTEGER NOT NULL, session TEXT NOT NULL, after INTEGER NOT NULL, through INTEGER,
      PRIMARY KEY(enrolment, session, after)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO spans(enrolment, session, after, through)
      SELECT e.id, '', e.start, (
        SELECT min(f.start) FROM enrolments f
        WHERE f.agent = e.agent AND f.instance = e.instance AND f.id > e.id
          AND f.start > e.start
          AND NOT EXISTS (
            SELECT 1 FROM cuts c WHERE c.enrolment = e.id AND c.id > (
              SELECT min(d.id) FROM cuts d WHERE d.enrolment = f.id)))
      FROM enrolments e;

    CREATE TABLE arrears(
      session TEXT NOT NULL, enrolment INTEGER NOT NULL, turns TEXT NOT NULL,
      PRIMARY KEY(session, enrolment)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX arrears_of_enrolment ON arrears(enrolment);

    CREATE TABLE backfills(
      enrolment INTEGER PRIMARY KEY, session TEXT, position INTEGER NOT NULL,
      bound INTEGER NOT NULL, turns INTEGER NOT NULL
    ) STRICT;

    CREATE INDEX inputs_set_aside ON inputs(id) WHERE status = 3;
    CREATE INDEX replies_unknown ON replies(id) WHERE status = 4;
    """
}
