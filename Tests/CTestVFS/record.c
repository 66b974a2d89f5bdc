#include "record.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { sector_bytes = 512 };

static change_t *add(record_t *record) {
  if (record->count == record->room) {
    long room = record->room ? record->room * 2 : 64;
    change_t *changes = realloc(record->changes, (size_t)room * sizeof *changes);
    if (!changes) return NULL;
    record->changes = changes;
    record->room = room;
  }
  change_t *change = &record->changes[record->count];
  memset(change, 0, sizeof *change);
  return change;
}

static int keep_old(change_t *change, sqlite3_file *file, sqlite3_int64 from, sqlite3_int64 to) {
  if (to > change->old_size) to = change->old_size;
  if (to <= from) return SQLITE_OK;
  change->old_count = (int)(to - from);
  change->old_bytes = malloc((size_t)change->old_count);
  if (!change->old_bytes) return SQLITE_NOMEM;
  return file->pMethods->xRead(file, change->old_bytes, change->old_count, from);
}

int record_write(record_t *record, sqlite3_file *file, const void *bytes, int count,
                 sqlite3_int64 offset) {
  change_t *change = add(record);
  if (!change) return SQLITE_NOMEM;
  change->offset = offset;
  change->bytes = count;
  file->pMethods->xFileSize(file, &change->old_size);
  sqlite3_int64 end = offset + count;
  change->new_size = end > change->old_size ? end : change->old_size;
  change->new_bytes = malloc((size_t)count);
  if (!change->new_bytes) return SQLITE_NOMEM;
  memcpy(change->new_bytes, bytes, (size_t)count);
  int status = keep_old(change, file, offset, end);
  if (status == SQLITE_OK) record->count++;
  return status;
}

int record_truncate(record_t *record, sqlite3_file *file, sqlite3_int64 size) {
  change_t *change = add(record);
  if (!change) return SQLITE_NOMEM;
  change->offset = size;
  file->pMethods->xFileSize(file, &change->old_size);
  change->new_size = size;
  int status = keep_old(change, file, size, change->old_size);
  if (status == SQLITE_OK) record->count++;
  return status;
}

void record_sync(record_t *record, int failed) {
  int has_doomed = 0;
  for (long i = 0; i < record->count; i++) {
    change_t *change = &record->changes[i];
    if (failed && !change->is_durable) change->is_doomed = 1;
    if (!change->is_doomed) change->is_durable = 1;
    has_doomed |= change->is_doomed;
  }
  if (!has_doomed) record_clear(record);
}

void record_clear(record_t *record) {
  for (long i = 0; i < record->count; i++) {
    free(record->changes[i].old_bytes);
    free(record->changes[i].new_bytes);
  }
  record->count = 0;
}

/* SplitMix64, by Steele, Lea and Flood (2014). */
static uint64_t next(uint64_t *state) {
  uint64_t z = (*state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static void put(int file, const unsigned char *bytes, long count, sqlite3_int64 offset) {
  while (count > 0) {
    ssize_t done = pwrite(file, bytes, (size_t)count, offset);
    if (done <= 0) return;
    bytes += done;
    count -= done;
    offset += done;
  }
}

static void undo(int file, const change_t *change) {
  if (change->old_bytes) put(file, change->old_bytes, change->old_count, change->offset);
  if (ftruncate(file, change->old_size)) return;
}

/* Some of a write's sectors, or all of them. */
static void redo(int file, const change_t *change, uint64_t *seed) {
  if (change->bytes == 0) {
    if (ftruncate(file, change->new_size)) return;
    return;
  }
  int is_torn = !change->is_durable && next(seed) % 4 == 0;
  for (long at = 0; at < change->bytes;) {
    long part = sector_bytes - (long)((change->offset + at) % sector_bytes);
    if (part > change->bytes - at) part = change->bytes - at;
    if (!is_torn || next(seed) & 1) put(file, change->new_bytes + at, part, change->offset + at);
    at += part;
  }
}

void record_lose(record_t *record, uint64_t *seed) {
  int file = open(record->path, O_RDWR | O_CLOEXEC);
  if (file >= 0) {
    for (long i = record->count; i-- > 0;) undo(file, &record->changes[i]);
    /* Nothing, everything, or any part of what was not synced may have reached the disk. */
    uint64_t share = next(seed) % 3;
    for (long i = 0; i < record->count; i++) {
      int is_kept = share == 0 ? 0 : share == 1 ? 1 : (int)(next(seed) & 1);
      if (record->changes[i].is_durable || is_kept) redo(file, &record->changes[i], seed);
    }
    close(file);
  }
  record_clear(record);
}
