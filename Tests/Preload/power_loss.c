/* Cuts the power of the process that this is loaded into: every SQLite file of it lies on the layer
 * of CTestVFS, and when the power goes, what was not synced is taken back from the files and the
 * process ends by SIGKILL before anything else can happen.
 *
 *   HOLDFAST_POWER=calls:seed[:fault:from:count]
 *
 * says at which write or sync that is (1: the first), and what becomes of the unsynced bytes; and
 * which calls fail before, with the number of a ctestvfs_fault_t. A line with the file is appended
 * to HOLDFAST_FAULT_REPORT at the end. */
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../CTestVFS/include/ctestvfs.h"

static const char layer[] = "power";

static void end_here(const char *path) {
  const char *file = getenv("HOLDFAST_FAULT_REPORT");
  int out = file ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  if (out >= 0) dprintf(out, "power %s\n", path ? path : "");
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

__attribute__((constructor)) static void plug_in(void) {
  const char *text = getenv("HOLDFAST_POWER");
  unsigned long long seed = 0;
  unsigned fault = 0;
  long calls = 0, from = 1, count = 0;
  if (!text) return;
  sscanf(text, "%ld:%llu:%u:%ld:%ld", &calls, &seed, &fault, &from, &count);
  if (ctestvfs_register(layer) != SQLITE_OK) abort();
  if (sqlite3_vfs_register(sqlite3_vfs_find(layer), 1) != SQLITE_OK) abort();
  ctestvfs_when_cut(layer, end_here);
  ctestvfs_fail(layer, (ctestvfs_fault_t)fault, from, count);
  ctestvfs_cut_power(layer, calls, seed);
}
