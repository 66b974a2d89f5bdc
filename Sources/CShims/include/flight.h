/* Records in memory of which a file follows: whoever stores waits for no disk, and what is in the
 * file stays there however the process ends. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct cshims_flight cshims_flight_t;

/* A head, and behind it a ring of records. The eight bytes at `commit` of a record are stored last.
 * Everything is a multiple of eight bytes; a record has at most CSHIMS_FLIGHT_RECORD. */
typedef struct cshims_flight_layout {
  size_t head, record, records, commit;
} cshims_flight_layout_t;

enum { CSHIMS_FLIGHT_RECORD = 256 };

/* Makes `path` anew; without a path there is no file. Its room is taken at once. Null if it cannot
 * be had; `problem` is then an errno. A child without exec has none. */
cshims_flight_t *_Nullable cshims_flight_open(
  const char *_Nullable path, cshims_flight_layout_t layout, int *_Nonnull problem);

/* Gives it back; the file stays. */
void cshims_flight_close(cshims_flight_t *_Nonnull flight);

/* Adds a record in the place of the oldest one. One thread at a time, as for the next two. */
void cshims_flight_keep(cshims_flight_t *_Nonnull flight, const uint8_t *_Nonnull bytes);

/* Replaces the head, of which the eight bytes at `commit` are stored last. */
void cshims_flight_set_head(
  cshims_flight_t *_Nonnull flight, const uint8_t *_Nonnull bytes, size_t commit);

/* Replaces eight bytes of the head. */
void cshims_flight_set(cshims_flight_t *_Nonnull flight, size_t place, uint64_t value);

/* Copies all that is kept, which is as many bytes as the file has. */
void cshims_flight_load(const cshims_flight_t *_Nonnull flight, uint8_t *_Nonnull bytes);

/* Writes what the file does not have yet; waits for the disk. One thread at a time, but beside
 * those that store. */
void cshims_flight_write_out(cshims_flight_t *_Nonnull flight);

/* The same for the one that was opened last with a file, from a signal handler. */
void cshims_flight_write_out_at_crash(void);
