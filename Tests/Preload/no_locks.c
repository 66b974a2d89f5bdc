/* A file system without open file description locks, for the process that this is loaded into: such
 * a lock fails with the error number in HOLDFAST_NO_LOCKS. SQLite's own locks are others. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int answer(int file, int command, void *argument) {
  const char *number = getenv("HOLDFAST_NO_LOCKS");
  if (number && (command == F_OFD_SETLK || command == F_OFD_SETLKW)) {
    errno = atoi(number);
    return -1;
  }
  return (int)syscall(SYS_fcntl, file, command, argument);
}

int fcntl(int file, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  return answer(file, command, argument);
}

int fcntl64(int file, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  return answer(file, command, argument);
}
