#include "doorbell.h"

#include <linux/futex.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SIGNAL_STACK = 64 * 1024 };

void cshims_doorbell_ring(cshims_doorbell_t *bell) {
  __atomic_add_fetch(&bell->rings, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&bell->sleeping, __ATOMIC_SEQ_CST) != 0) {
    syscall(SYS_futex, &bell->rings, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
  }
}

static inline void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

void cshims_doorbell_wait(cshims_doorbell_t *bell, uint32_t seen, uint32_t spins) {
  for (uint32_t spin = 0; spin < spins; spin++) {
    if (cshims_doorbell_rings(bell) != seen) return;
    pause_briefly();
  }
  /* The flag goes up before the last look at the count, and the ringer reads it after it raised
   * the count, so one of the two sees the other. */
  __atomic_store_n(&bell->sleeping, 1, __ATOMIC_SEQ_CST);
  while (cshims_doorbell_rings(bell) == seen) {
    syscall(SYS_futex, &bell->rings, FUTEX_WAIT_PRIVATE, seen, 0, 0, 0);
  }
  __atomic_store_n(&bell->sleeping, 0, __ATOMIC_SEQ_CST);
}

void *cshims_signal_stack_make(void) {
  void *memory = mmap(0, SIGNAL_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return NULL;
  stack_t stack = {.ss_sp = memory, .ss_size = SIGNAL_STACK};
  if (sigaltstack(&stack, NULL) == 0) return memory;
  munmap(memory, SIGNAL_STACK);
  return NULL;
}

void cshims_signal_stack_free(void *stack) {
  if (!stack) return;
  stack_t none = {.ss_flags = SS_DISABLE};
  sigaltstack(&none, NULL);
  munmap(stack, SIGNAL_STACK);
}

static __thread void *frame;

void *cshims_thread_frame(void) { return frame; }

void cshims_thread_set_frame(void *now) { frame = now; }

static uint64_t nanoseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t cshims_monotonic_ns(void) { return nanoseconds(CLOCK_MONOTONIC); }

uint64_t cshims_monotonic_coarse_ns(void) { return nanoseconds(CLOCK_MONOTONIC_COARSE); }
