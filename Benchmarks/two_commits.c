/* Two synced commits with the rows of a session switch, in plain C: what a caller of /new waits for
   at least. The file must be a journal that a host made and no host has open.

   two_commits FILE     For each byte on standard input, two commits; prints their nanoseconds.

   The log is moved to the file between them now and then, as a host does, so that it does not grow
   with each commit. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static sqlite3 *db;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void check(int status) {
  if (status == SQLITE_OK || status == SQLITE_DONE || status == SQLITE_ROW) return;
  fprintf(stderr, "two_commits: %s\n", sqlite3_errmsg(db));
  exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
  return statement;
}

/* Of the first commit: the command's inbox row, the end of the old session, the new one, the key,
 * three events, the reply. Of the second: the mark that the reply is being sent. */
static const char *const rows[] = {
    "BEGIN IMMEDIATE",
    "INSERT INTO inputs(id, channel, account, message_id, key, session, epoch, is_command, text,"
    " user, user_name, received, status, starts)"
    " VALUES(?1, 'console', '', 'm' || ?1, 'main:console:dm:c', 's' || ?1, ?1, 1, '/new', 'user',"
    " 'user', 0, 1, 0)",
    "UPDATE sessions SET ended = 1 WHERE id = 's' || (?1 - 1)",
    "INSERT INTO sessions(id, key, parent, shared_limit, scope, user, title, created, is_hidden,"
    " is_deleted, summary_limit, summary) VALUES('s' || ?1, 'main:console:dm:c',"
    " 's' || (?1 - 1), 0, 'main/channel:console/user:user', 'user', '', 0, 0, 0, 0, '')",
    "INSERT INTO tails VALUES('s' || ?1, 1, 0, 0)",
    "INSERT INTO places VALUES('main:console:dm:c', 's' || ?1, ?1, 0)"
    " ON CONFLICT(key) DO UPDATE SET session = excluded.session, epoch = excluded.epoch",
    "INSERT INTO events VALUES(?1 * 3, 1, 's' || ?1, 'main:console:dm:c', NULL, '', ?1, 0, 0, '',"
    " 'new', NULL, NULL, 0, 0, 0, 0, '', '', '', 0)",
    "INSERT INTO events VALUES(?1 * 3 + 1, 1, 's' || ?1, 'main:console:dm:c', NULL, '', ?1, 0, 0,"
    " '', 'new', NULL, NULL, 0, 0, 0, 0, '', '', '', 0)",
    "INSERT INTO events VALUES(?1 * 3 + 2, 1, 's' || ?1, 'main:console:dm:c', NULL, '', ?1, 0, 0,"
    " '', 'new', NULL, NULL, 0, 0, 0, 0, '', '', '', 0)",
    "INSERT INTO replies VALUES(?1, 'console', '', 'main:console:dm:c', 's' || ?1, 0, 'm' || ?1, 1,"
    " 1, 'New session. /resume 01KAEXAMPLE00000000000000 goes back.', 1, 0, '', 0)",
    "COMMIT",
    "BEGIN IMMEDIATE",
    "UPDATE replies SET status = 1 WHERE id = ?1",
    "COMMIT",
};

enum { ROWS = sizeof rows / sizeof *rows, WARM = 100 };

static void commit_twice(sqlite3_stmt **statements, sqlite3_int64 turn) {
  for (int row = 0; row < ROWS; row++) {
    if (sqlite3_bind_parameter_count(statements[row])) sqlite3_bind_int64(statements[row], 1, turn);
    check(sqlite3_step(statements[row]));
    sqlite3_reset(statements[row]);
  }
}

int main(int count, char **words) {
  if (count != 2) {
    fprintf(stderr, "usage: two_commits FILE\n");
    return 2;
  }
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(words[1], &db, flags, NULL) != SQLITE_OK) check(SQLITE_CANTOPEN);
  check(sqlite3_exec(db,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "PRAGMA secure_delete = OFF; PRAGMA cache_size = -2048;"
                     "PRAGMA wal_autocheckpoint = 0",
                     NULL, NULL, NULL));
  sqlite3_stmt *statements[ROWS];
  for (int row = 0; row < ROWS; row++) statements[row] = prepare(rows[row]);
  sqlite3_int64 turn = 0;
  while (turn < WARM) commit_twice(statements, ++turn);
  char byte;
  while (read(0, &byte, 1) == 1) {
    uint64_t start = now();
    commit_twice(statements, ++turn);
    printf("%llu\n", (unsigned long long)(now() - start));
    fflush(stdout);
    if (turn % WARM == 0) sqlite3_wal_checkpoint(db, NULL);
  }
  return 0;
}
