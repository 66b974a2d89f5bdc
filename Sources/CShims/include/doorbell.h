/* How one thread wakes another, and what a thread of a plugin needs besides. */
#pragma once
#include <stdint.h>

/* Where one thread waits for others. Zero-initialised, then used through these functions alone. */
typedef struct cshims_doorbell {
  uint32_t rings;
  uint32_t sleeping;
} cshims_doorbell_t;

/* How often the bell was rung, modulo 2^32. To be read before looking whether there is work. */
static inline uint32_t cshims_doorbell_rings(const cshims_doorbell_t *_Nonnull bell) {
  return __atomic_load_n(&bell->rings, __ATOMIC_SEQ_CST);
}

/* Wakes the thread that waits. Costs a system call only if that thread sleeps. */
void cshims_doorbell_ring(cshims_doorbell_t *_Nonnull bell);

/* Returns once the bell was rung after `seen` was read; spins `spins` times before it sleeps. */
void cshims_doorbell_wait(cshims_doorbell_t *_Nonnull bell, uint32_t seen, uint32_t spins);

/* Gives the calling thread a stack of its own for signal handlers, so that the overflow of its own
 * stack can be reported. Returns what cshims_signal_stack_free takes; null if there is no
 * memory. */
void *_Nullable cshims_signal_stack_make(void);

/* Ends what cshims_signal_stack_make began, on the same thread, as its last act. */
void cshims_signal_stack_free(void *_Nullable stack);

/* One pointer per thread, for the host's bookkeeping of the call in progress. */
void *_Nullable cshims_thread_frame(void);
void cshims_thread_set_frame(void *_Nullable frame);

/* CLOCK_MONOTONIC in nanoseconds; the coarse one is some milliseconds behind and much cheaper. */
uint64_t cshims_monotonic_ns(void);
uint64_t cshims_monotonic_coarse_ns(void);
