#include "flight.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct cshims_flight {
  uint8_t *memory;
  size_t bytes;
};

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

cshims_flight_t *cshims_flight_open(const char *path, size_t bytes, int *problem) {
  int file = path ? make_file(path, bytes) : -1;
  *problem = path && file < 0 ? -file : 0;
  if (*problem) return NULL;
  int flags = path ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, file, 0);
  *problem = memory == MAP_FAILED ? errno : 0;
  if (file >= 0) close(file);
  if (*problem) return NULL;
  madvise(memory, bytes, MADV_DONTFORK);
  cshims_flight_t *flight = malloc(sizeof *flight);
  if (!flight) {
    munmap(memory, bytes);
    *problem = ENOMEM;
    return NULL;
  }
  flight->memory = memory;
  flight->bytes = bytes;
  return flight;
}

void cshims_flight_close(cshims_flight_t *flight) {
  munmap(flight->memory, flight->bytes);
  free(flight);
}

static int holds(const cshims_flight_t *flight, size_t place, size_t count) {
  return place <= flight->bytes && count <= flight->bytes - place;
}

void cshims_flight_set(cshims_flight_t *flight, size_t place, uint64_t value) {
  if (!holds(flight, place, sizeof value) || place % sizeof value) return;
  __atomic_store_n((uint64_t *)(void *)(flight->memory + place), value, __ATOMIC_RELEASE);
}

void cshims_flight_store(
  cshims_flight_t *flight, size_t place, const uint8_t *bytes, size_t count, size_t commit) {
  uint64_t last;
  if (!holds(flight, place, count) || count < sizeof last || commit > count - sizeof last) return;
  memcpy(&last, bytes + commit, sizeof last);
  cshims_flight_set(flight, place + commit, 0);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  memcpy(flight->memory + place, bytes, commit);
  size_t rest = commit + sizeof last;
  memcpy(flight->memory + place + rest, bytes + rest, count - rest);
  cshims_flight_set(flight, place + commit, last);
}

int cshims_flight_load(
  const cshims_flight_t *flight, size_t place, uint8_t *bytes, size_t count) {
  if (!holds(flight, place, count)) return 0;
  memcpy(bytes, flight->memory + place, count);
  return 1;
}
