/* A file layer for SQLite under which power fails and disks fill up. It stands on the system's own
   layer and remembers, for every file, what was written and not synced. All functions may be called
   on any thread. */
#pragma once
#include <stdint.h>

/* What goes wrong with a call. */
typedef enum {
  CTESTVFS_WRITE_FULL = 0,  /* the disk is full, nothing is written */
  CTESTVFS_WRITE_SHORT = 1, /* the disk is full after half of the bytes */
  CTESTVFS_WRITE_ERROR = 2, /* the disk does not take the bytes */
  CTESTVFS_SYNC_ERROR = 3,  /* what was written before may be lost, even if a later sync succeeds */
  CTESTVFS_SYNC_LIE = 4,    /* a sync says that it succeeded, and did nothing */
} ctestvfs_fault_t;

/* Makes the layer known to SQLite as `name`, which is copied. A layer lives until the process ends.
   Returns 0 or SQLite's code. */
int ctestvfs_register(const char *_Nonnull name);

/* The `after`-th write or sync from now on (1: the next) never happens, and no call after it: the
   power is off. What was not synced then stays, or not, as `seed` decides, down to single sectors
   of 512 bytes. */
void ctestvfs_cut_power(const char *_Nonnull name, long after, uint64_t seed);

/* Cuts the power now. */
void ctestvfs_cut_power_now(const char *_Nonnull name, uint64_t seed);

/* Calls `then` on the thread whose call met the end of the power, before any other call returns,
   with the file that it was about, NULL if it was about none. */
void ctestvfs_when_cut(const char *_Nonnull name,
                       void (*_Nullable then)(const char *_Nullable path));

/* The power is back, faults and counts are forgotten. Every file must be closed. */
void ctestvfs_restore_power(const char *_Nonnull name);

/* Lets `count` calls of the fault's kind fail, from the `after`-th on (1: the next). */
void ctestvfs_fail(const char *_Nonnull name, ctestvfs_fault_t fault, long after, long count);

/* Writes and syncs so far. */
long ctestvfs_calls(const char *_Nonnull name);

/* Largest size in bytes that a write-ahead log had so far. */
long ctestvfs_largest_log(const char *_Nonnull name);

/* Whether the power is off. */
int ctestvfs_is_off(const char *_Nonnull name);
