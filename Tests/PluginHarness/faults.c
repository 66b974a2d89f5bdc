#include "faults.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

faults_t faults = {.bytes_left = -1, .syncs_left = -1};

void no_faults(void) { faults = (faults_t){.bytes_left = -1, .syncs_left = -1}; }

ssize_t write(int file, const void *bytes, size_t length) {
  if (file <= 2 || faults.bytes_left < 0) return syscall(SYS_write, file, bytes, length);
  if (faults.bytes_left == 0 && !faults.is_deadly) {
    errno = ENOSPC;
    return -1;
  }
  /* What fits is written, as a full disk does. */
  size_t part = (long)length < faults.bytes_left ? length : (size_t)faults.bytes_left;
  ssize_t written = part > 0 ? syscall(SYS_write, file, bytes, part) : 0;
  faults.bytes_left -= (long)part;
  if (faults.is_deadly && part < length) kill(getpid(), SIGKILL);
  return written;
}

int fsync(int file) {
  if (faults.syncs_left == 0) {
    if (faults.is_deadly) kill(getpid(), SIGKILL);
    errno = EIO;
    return -1;
  }
  if (faults.syncs_left > 0) faults.syncs_left--;
  return (int)syscall(SYS_fsync, file);
}

int ftruncate(int file, off_t length) {
  if (faults.is_truncate_bad) {
    errno = EIO;
    return -1;
  }
  return (int)syscall(SYS_ftruncate, file, length);
}
