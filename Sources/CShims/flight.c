#include "flight.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORD = sizeof(uint64_t) };

struct cshims_flight {
  uint8_t *memory;
  cshims_flight_layout_t layout;
  int file;
  /* Records that were kept and, of those, written or made room again before they were. */
  _Atomic uint64_t kept, written;
  atomic_int is_head_new;
};

static _Atomic(cshims_flight_t *) current;

/* A descriptor of the emptied file with all its room, or a negative errno. */
static int make_file(const char *path, size_t bytes) {
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (file < 0) return -errno;
  struct stat status;
  int problem = fstat(file, &status) < 0 ? errno : 0;
  if (!problem && !S_ISREG(status.st_mode)) problem = EINVAL;
  if (!problem) problem = posix_fallocate(file, 0, (off_t)bytes);
  if (!problem) return file;
  if (S_ISREG(status.st_mode)) unlink(path);
  close(file);
  return -problem;
}

static size_t size_of(const cshims_flight_layout_t *layout) {
  return layout->head + layout->record * layout->records;
}

cshims_flight_t *cshims_flight_open(
  const char *path, cshims_flight_layout_t layout, int *problem) {
  size_t bytes = size_of(&layout);
  int file = path ? make_file(path, bytes) : -1;
  *problem = path && file < 0 ? -file : 0;
  if (*problem) return NULL;
  void *memory =
    mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  cshims_flight_t *flight = memory == MAP_FAILED ? NULL : calloc(1, sizeof *flight);
  if (!flight) {
    if (memory != MAP_FAILED) munmap(memory, bytes);
    if (file >= 0) close(file);
    *problem = ENOMEM;
    return NULL;
  }
  madvise(memory, bytes, MADV_DONTFORK);
  flight->memory = memory;
  flight->layout = layout;
  flight->file = file;
  if (file >= 0) atomic_store(&current, flight);
  return flight;
}

void cshims_flight_close(cshims_flight_t *flight) {
  cshims_flight_t *expected = flight;
  atomic_compare_exchange_strong(&current, &expected, NULL);
  if (flight->file >= 0) close(flight->file);
  munmap(flight->memory, size_of(&flight->layout));
  free(flight);
}

static uint64_t *word(const cshims_flight_t *flight, size_t place) {
  return (uint64_t *)(void *)(flight->memory + place);
}

/* Word by word, since somebody may be copying it. */
static void store(cshims_flight_t *flight, size_t place, const uint8_t *bytes, size_t count,
                  size_t commit) {
  uint64_t value, last = 0;
  __atomic_store_n(word(flight, place + commit), 0, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  for (size_t at = 0; at < count; at += WORD) {
    memcpy(&value, bytes + at, WORD);
    if (at == commit) last = value;
    else __atomic_store_n(word(flight, place + at), value, __ATOMIC_RELAXED);
  }
  __atomic_store_n(word(flight, place + commit), last, __ATOMIC_RELEASE);
}

static void copy(const cshims_flight_t *flight, size_t place, uint8_t *bytes, size_t count) {
  for (size_t at = 0; at < count; at += WORD) {
    uint64_t value = __atomic_load_n(word(flight, place + at), __ATOMIC_RELAXED);
    memcpy(bytes + at, &value, WORD);
  }
}

static size_t place_of(const cshims_flight_t *flight, uint64_t number) {
  return flight->layout.head + (size_t)(number % flight->layout.records) * flight->layout.record;
}

void cshims_flight_keep(cshims_flight_t *flight, const uint8_t *bytes) {
  uint64_t number = atomic_load_explicit(&flight->kept, memory_order_relaxed);
  store(flight, place_of(flight, number), bytes, flight->layout.record, flight->layout.commit);
  atomic_store_explicit(&flight->kept, number + 1, memory_order_release);
}

void cshims_flight_set_head(cshims_flight_t *flight, const uint8_t *bytes, size_t commit) {
  store(flight, 0, bytes, flight->layout.head, commit);
  atomic_store(&flight->is_head_new, 1);
}

void cshims_flight_set(cshims_flight_t *flight, size_t place, uint64_t value) {
  if (place % WORD || place + WORD > flight->layout.head) return;
  __atomic_store_n(word(flight, place), value, __ATOMIC_RELEASE);
  atomic_store(&flight->is_head_new, 1);
}

void cshims_flight_load(const cshims_flight_t *flight, uint8_t *bytes) {
  copy(flight, 0, bytes, size_of(&flight->layout));
}

/* What cannot be written is left out: there is nobody to try again for. */
static void put(const cshims_flight_t *flight, size_t place, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t done = pwrite(flight->file, bytes, count, (off_t)place);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return;
    place += (size_t)done;
    bytes += done;
    count -= (size_t)done;
  }
}

/* One that is being replaced meanwhile is written as torn, and again when it is complete. */
static void write_record(const cshims_flight_t *flight, size_t place) {
  uint8_t bytes[CSHIMS_FLIGHT_RECORD];
  size_t commit = flight->layout.commit;
  uint64_t before = __atomic_load_n(word(flight, place + commit), __ATOMIC_ACQUIRE);
  copy(flight, place, bytes, flight->layout.record);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  uint64_t after = __atomic_load_n(word(flight, place + commit), __ATOMIC_RELAXED);
  if (before != after) memset(bytes + commit, 0, WORD);
  put(flight, place, bytes, flight->layout.record);
}

void cshims_flight_write_out(cshims_flight_t *flight) {
  if (flight->file < 0) return;
  uint64_t kept = atomic_load_explicit(&flight->kept, memory_order_acquire);
  uint64_t number = atomic_load_explicit(&flight->written, memory_order_relaxed);
  if (kept - number > flight->layout.records) number = kept - flight->layout.records;
  for (; number < kept; number++) {
    write_record(flight, place_of(flight, number));
    atomic_store_explicit(&flight->written, number + 1, memory_order_relaxed);
  }
  if (!atomic_exchange(&flight->is_head_new, 0)) return;
  /* Backwards: what says that it is complete stands in front. */
  for (size_t end = flight->layout.head; end > 0;) {
    uint8_t bytes[CSHIMS_FLIGHT_RECORD];
    size_t count = end < sizeof bytes ? end : sizeof bytes;
    end -= count;
    copy(flight, end, bytes, count);
    put(flight, end, bytes, count);
  }
}

void cshims_flight_write_out_at_crash(void) {
  int number = errno;
  cshims_flight_t *flight = atomic_load(&current);
  if (flight) cshims_flight_write_out(flight);
  errno = number;
}
