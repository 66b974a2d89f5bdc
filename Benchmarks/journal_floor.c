/* What plain C takes to write and read the rows of a journal: the floor that the host's journal
   is measured against. The file must be a journal that a host made and no host has open.

   journal_floor FILE turns COUNT GROUP   guarded turns of 300 bytes, GROUP under one sync,
                                          and a cut with its acknowledgement per hundred turns
   journal_floor FILE commits COUNT       one turn under each sync, on an otherwise idle thread
   journal_floor FILE reads COUNT         first page of the sessions, last page of a history

   Prints `name value unit` lines. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { sessions = 100, turns_per_cut = 100, text_bytes = 150, page = 50 };

static sqlite3 *db;
static char ids[sessions][27];
static long last_turn[sessions];
static char text[text_bytes];
static long sequence, cut;
static sqlite3_stmt *tail, *append, *move, *open_cut, *settle_cut, *set_cursor;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void check(int status) {
  if (status == SQLITE_OK || status == SQLITE_DONE || status == SQLITE_ROW) return;
  fprintf(stderr, "journal_floor: %s\n", sqlite3_errmsg(db));
  exit(1);
}

static void execute(const char *sql) { check(sqlite3_exec(db, sql, NULL, NULL, NULL)); }

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
  return statement;
}

static void run(sqlite3_stmt *statement) {
  check(sqlite3_step(statement));
  sqlite3_reset(statement);
}

static long number(const char *sql) {
  sqlite3_stmt *statement = prepare(sql);
  long value = sqlite3_step(statement) == SQLITE_ROW ? (long)sqlite3_column_int64(statement, 0) : 0;
  sqlite3_finalize(statement);
  return value;
}

static void bind_text(sqlite3_stmt *statement, int position, const char *value, int bytes) {
  sqlite3_bind_text(statement, position, value, bytes, SQLITE_STATIC);
}

static void open_file(const char *path) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK) check(SQLITE_CANTOPEN);
  execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = OFF;"
          "PRAGMA cache_size = -2048");
  tail = prepare("SELECT token, last_turn FROM tails WHERE session = ?");
  append = prepare(
    "INSERT INTO turns(sequence, session, idx, status, input, started, finished, user_name,"
    " user_text, answer_text, epoch) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)");
  move = prepare(
    "UPDATE tails SET last_turn = max(last_turn, ?2), live_turns = live_turns + ?3"
    " WHERE session = ?1");
  open_cut = prepare(
    "INSERT INTO cuts(id, enrolment, session, turns, first_turn, last_turn, status, is_unknown,"
    " is_out_of_order, attempts, reason, document, parent, scope, tags, created)"
    " VALUES(?, 1, ?, ?, ?, ?, 0, 0, 0, 0, '', ?2, NULL, 'main', '', 0)");
  settle_cut = prepare("UPDATE cuts SET status = 1, attempts = 1 WHERE id = ?");
  set_cursor = prepare(
    "INSERT INTO cursors(session, enrolment, watermark, is_owing) VALUES(?, 1, ?, 0)"
    " ON CONFLICT(session, enrolment)"
    " DO UPDATE SET watermark = excluded.watermark, is_owing = excluded.is_owing");
}

static void make_sessions(void) {
  sequence = number("SELECT max(sequence) FROM turns");
  cut = number("SELECT max(id) FROM cuts");
  long base = number("SELECT count(*) FROM sessions");
  memset(text, 'x', sizeof text);
  sqlite3_stmt *session = prepare(
    "INSERT INTO sessions(id, key, shared_limit, scope, user, title, created, is_hidden,"
    " is_deleted, summary_limit, summary)"
    " VALUES(?, 'main:console:dm:floor', 0, 'main', '', '', 0, 0, 0, 0, '')");
  sqlite3_stmt *first = prepare(
    "INSERT INTO tails(session, token, last_turn, live_turns) VALUES(?, 1, 0, 0)");
  execute("BEGIN IMMEDIATE");
  for (long i = 0; i < sessions; i++) {
    snprintf(ids[i], sizeof ids[i], "01FLR%021ld", base + i);
    bind_text(session, 1, ids[i], 26);
    run(session);
    bind_text(first, 1, ids[i], 26);
    run(first);
  }
  execute("COMMIT");
  sqlite3_finalize(session);
  sqlite3_finalize(first);
}

static void write_turn(long which) {
  long session = which / turns_per_cut % sessions;
  bind_text(tail, 1, ids[session], 26);
  check(sqlite3_step(tail));
  if (sqlite3_column_int64(tail, 0) != 1 ||
      sqlite3_column_int64(tail, 1) != last_turn[session]) {
    fprintf(stderr, "journal_floor: the session moved\n");
    exit(1);
  }
  sqlite3_reset(tail);
  long turn = ++last_turn[session];
  sqlite3_bind_int64(append, 1, ++sequence);
  bind_text(append, 2, ids[session], 26);
  sqlite3_bind_int64(append, 3, turn);
  sqlite3_bind_int64(append, 4, 0);
  sqlite3_bind_int64(append, 5, 0);
  sqlite3_bind_int64(append, 6, 1700000000000);
  sqlite3_bind_int64(append, 7, 1700000000000);
  bind_text(append, 8, "", 0);
  bind_text(append, 9, text, text_bytes);
  bind_text(append, 10, text, text_bytes);
  run(append);
  bind_text(move, 1, ids[session], 26);
  sqlite3_bind_int64(move, 2, turn);
  sqlite3_bind_int64(move, 3, 1);
  run(move);
}

static void write_cut(long which) {
  long session = which / turns_per_cut % sessions;
  char range[48];
  long last = last_turn[session];
  snprintf(range, sizeof range, "%ld-%ld", last - turns_per_cut + 1, last);
  sqlite3_bind_int64(open_cut, 1, ++cut);
  bind_text(open_cut, 2, ids[session], 26);
  bind_text(open_cut, 3, range, -1);
  sqlite3_bind_int64(open_cut, 4, last - turns_per_cut + 1);
  sqlite3_bind_int64(open_cut, 5, last);
  run(open_cut);
  sqlite3_bind_int64(settle_cut, 1, cut);
  run(settle_cut);
  bind_text(set_cursor, 1, ids[session], 26);
  sqlite3_bind_int64(set_cursor, 2, last);
  run(set_cursor);
}

static void measure_turns(long count, long group) {
  make_sessions();
  double start = now();
  for (long i = 0; i < count; i++) {
    if (i % group == 0) execute("BEGIN IMMEDIATE");
    write_turn(i);
    if (i % turns_per_cut == turns_per_cut - 1) write_cut(i);
    if (i % group == group - 1 || i == count - 1) execute("COMMIT");
  }
  printf("turns %.0f per_s\n", (double)count / (now() - start));
}

static int by_value(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static void print_times(const char *name, double *times, long count) {
  qsort(times, (size_t)count, sizeof *times, by_value);
  printf("%s_p50 %.1f us\n", name, times[count / 2] * 1e6);
  printf("%s_p99 %.1f us\n", name, times[count * 99 / 100] * 1e6);
}

static void measure_commits(long count) {
  make_sessions();
  double *times = malloc((size_t)count * sizeof *times);
  if (!times) exit(1);
  for (long i = 0; i < count; i++) {
    struct timespec pause = {.tv_nsec = 2000000};
    nanosleep(&pause, NULL);
    double start = now();
    execute("BEGIN IMMEDIATE");
    write_turn(i);
    execute("COMMIT");
    times[i] = now() - start;
  }
  print_times("commit", times, count);
  free(times);
}

static void read_all(sqlite3_stmt *rows, double *time) {
  double start = now();
  while (sqlite3_step(rows) == SQLITE_ROW)
    for (int i = 0; i < sqlite3_column_count(rows); i++) sqlite3_column_text(rows, i);
  sqlite3_reset(rows);
  *time = now() - start;
}

static void measure_reads(long count) {
  double *times = malloc((size_t)count * sizeof *times);
  if (!times) exit(1);
  sqlite3_stmt *list = prepare(
    "SELECT s.*, t.*, (SELECT min(p.key) FROM places p WHERE p.session = s.id) FROM sessions s"
    " CROSS JOIN tails t ON t.session = s.id WHERE s.is_deleted = 0 ORDER BY s.id DESC LIMIT ?");
  sqlite3_stmt *longest = prepare("SELECT session FROM tails ORDER BY last_turn DESC LIMIT 1");
  check(sqlite3_step(longest));
  sqlite3_stmt *history = prepare(
    "SELECT * FROM turns WHERE session = ? AND status = 0 ORDER BY idx DESC LIMIT ?");
  sqlite3_bind_int64(list, 1, page);
  sqlite3_bind_value(history, 1, sqlite3_column_value(longest, 0));
  sqlite3_bind_int64(history, 2, page);
  sqlite3_finalize(longest);
  for (long i = 0; i < count; i++) read_all(list, &times[i]);
  print_times("sessions", times, count);
  for (long i = 0; i < count; i++) read_all(history, &times[i]);
  print_times("history", times, count);
  free(times);
}

int main(int count, char **words) {
  if (count < 4) {
    fprintf(stderr, "usage: journal_floor FILE turns COUNT GROUP | commits COUNT | reads COUNT\n");
    return 2;
  }
  open_file(words[1]);
  long times = atol(words[3]);
  if (!strcmp(words[2], "turns")) {
    measure_turns(times, count > 4 ? atol(words[4]) : 1024);
  } else if (!strcmp(words[2], "commits")) {
    measure_commits(times);
  } else {
    measure_reads(times);
  }
  return 0;
}
