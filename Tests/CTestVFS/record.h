/* What was written to a file and may not be on the disk yet. */
#pragma once
#include <sqlite3.h>
#include <stdint.h>

typedef struct change {
  sqlite3_int64 offset;
  int bytes;      /* written; 0 for a change of size */
  int is_durable; /* synced after an earlier change that may be lost for good */
  int is_doomed;  /* a sync of it failed, later ones do not cover it */
  sqlite3_int64 old_size, new_size;
  unsigned char *old_bytes; /* what lay from `offset` up to `old_size`, at most `old_count` */
  int old_count;
  unsigned char *new_bytes;
} change_t;

typedef struct record {
  struct record *next;
  char *path;
  change_t *changes;
  long count, room;
  long failed_syncs;
} record_t;

/* Notes a change that is about to be made to `file`; SQLite's code. */
int record_write(record_t *record, sqlite3_file *file, const void *bytes, int count,
                 sqlite3_int64 offset);
int record_truncate(record_t *record, sqlite3_file *file, sqlite3_int64 size);

/* The file was synced, or could not be. */
void record_sync(record_t *record, int failed);

/* Gives the file the contents that a loss of power leaves. */
void record_lose(record_t *record, uint64_t *seed);

/* Forgets every change. */
void record_clear(record_t *record);
