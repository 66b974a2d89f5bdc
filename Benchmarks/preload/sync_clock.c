/* Notes when the process last made something durable. Loaded before the C library, it stands before
 * its fsync and fdatasync, so that the host that is measured is the one that is shipped. */
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Atomic uint64_t holdfast_bench_last_sync;

static int note(int result) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  atomic_store(&holdfast_bench_last_sync,
               (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec);
  return result;
}

int fsync(int file) { return note((int)syscall(SYS_fsync, file)); }

int fdatasync(int file) { return note((int)syscall(SYS_fdatasync, file)); }
