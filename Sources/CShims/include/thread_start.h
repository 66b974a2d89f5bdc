/* Threads of the host. */
#pragma once
#include <stddef.h>

/* Starts a thread that debuggers know as `name` (at most 15 bytes, copied), that takes no signals
   but those of its own faults, and that has a stack apart for reporting them. Returns 0 or an
   errno. `thread` is a pthread_t, whose header would hand its own names to whoever imports this. */
int cshims_thread_start(
  unsigned long *thread, const char *name, size_t stack_bytes, void (*body)(void *), void *context);
