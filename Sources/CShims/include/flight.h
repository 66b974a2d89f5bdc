/* Memory that outlives the process: what is stored there is in its file, however that ends. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct cshims_flight cshims_flight_t;

/* Makes `path` anew with `bytes` bytes and maps it; without a path the memory is the process's own
 * and ends with it. The room is taken at once, since a store into a file without room would end the
 * process. Null if it cannot be had; `problem` is then an errno. A child without exec has none. */
cshims_flight_t *_Nullable cshims_flight_open(
  const char *_Nullable path, size_t bytes, int *_Nonnull problem);

/* Gives it back; the file stays. */
void cshims_flight_close(cshims_flight_t *_Nonnull flight);

/* Copies `count` bytes to `place`, except the eight at `commit`, which are zero meanwhile and are
 * stored last: whoever finds them complete finds the rest complete. What lies beyond the end is not
 * stored. One thread at a time. */
void cshims_flight_store(
  cshims_flight_t *_Nonnull flight, size_t place, const uint8_t *_Nonnull bytes, size_t count,
  size_t commit);

/* Stores eight bytes at once. */
void cshims_flight_set(cshims_flight_t *_Nonnull flight, size_t place, uint64_t value);

/* Copies `count` bytes from `place`; 0 if they are not all there. */
int cshims_flight_load(
  const cshims_flight_t *_Nonnull flight, size_t place, uint8_t *_Nonnull bytes, size_t count);
