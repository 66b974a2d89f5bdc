/* Notes when the process last learned that a commit is durable, and on which core: when SQLite
 * returned from the step in which it synced. Loaded before the C library and SQLite, it stands
 * before their functions, so that the host that is measured is the one that is shipped. */
#include <dlfcn.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Atomic uint64_t holdfast_bench_last_sync;
_Atomic int holdfast_bench_sync_core;

static __thread int has_synced;

int fsync(int file) {
  has_synced = 1;
  return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
  has_synced = 1;
  return (int)syscall(SYS_fdatasync, file);
}

int sqlite3_step(void *statement) {
  static int (*step)(void *);
  if (!step) step = (int (*)(void *))dlsym(RTLD_NEXT, "sqlite3_step");
  int result = step(statement);
  if (!has_synced) return result;
  has_synced = 0;
  atomic_store(&holdfast_bench_sync_core, sched_getcpu());
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  atomic_store(&holdfast_bench_last_sync,
               (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec);
  return result;
}
