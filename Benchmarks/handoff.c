/* The raw hand-off from one thread to another that sleeps: what an event to a plugin is measured
   against. The waker raises a number and wakes the sleeper on it; the sleeper looks at the clock.

   handoff COUNT GAP_US       COUNT hand-offs, GAP_US of idleness before each

   Prints the nanoseconds of each, and 1 if both ran on one core or 0, one per line. */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Atomic uint32_t given, taken;
static _Atomic uint64_t handed_ns, handled_ns;
static _Atomic int handled_on;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void wait_beyond(_Atomic uint32_t *number, uint32_t seen) {
  while (atomic_load(number) == seen) {
    syscall(SYS_futex, number, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
  }
}

static void signal_on(_Atomic uint32_t *number) {
  atomic_fetch_add(number, 1);
  syscall(SYS_futex, number, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *sleeper(void *count) {
  for (uint32_t seen = 0; seen < (uint32_t)(uintptr_t)count; seen++) {
    wait_beyond(&given, seen);
    atomic_store(&handled_ns, now());
    atomic_store(&handled_on, sched_getcpu());
    signal_on(&taken);
  }
  return NULL;
}

int main(int count, char **words) {
  uint32_t times = count > 1 ? (uint32_t)atol(words[1]) : 1000;
  struct timespec gap = {.tv_nsec = (count > 2 ? atol(words[2]) : 500) * 1000};
  pthread_t thread;
  if (pthread_create(&thread, NULL, sleeper, (void *)(uintptr_t)times)) return 1;
  for (uint32_t turn = 0; turn < times; turn++) {
    nanosleep(&gap, NULL);
    int core = sched_getcpu();
    atomic_store(&handed_ns, now());
    signal_on(&given);
    wait_beyond(&taken, turn);
    printf("%llu %d\n", (unsigned long long)(atomic_load(&handled_ns) - atomic_load(&handed_ns)),
           atomic_load(&handled_on) == core);
  }
  pthread_join(thread, NULL);
  return 0;
}
