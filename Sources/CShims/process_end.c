#include "process_end.h"

#include <stdio.h>
#include <unistd.h>

void cshims_end_process(int status) {
  /* A thread that writes there and hangs has the stream. */
  if (ftrylockfile(stdout) == 0) fflush_unlocked(stdout);
  _exit(status);
}
