#include "write_now.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* "/proc/self/fd/" and the number, without functions that a signal handler may not call. */
static void path_of(int fd, char path[32]) {
  char digits[12];
  size_t place = sizeof digits;
  digits[--place] = 0;
  do digits[--place] = (char)('0' + fd % 10);
  while ((fd /= 10) > 0);
  strcpy(path, "/proc/self/fd/");
  strcat(path, digits + place);
}

/* The same pipe or terminal, opened once more: whether a descriptor waits is a matter of its
 * opening, which others may share. */
static ssize_t write_anew(int fd, const uint8_t *bytes, size_t count) {
  char path[32];
  path_of(fd, path);
  int own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (own < 0) {
    /* Nobody has it open for reading; or it cannot be known whether it would wait. */
    if (errno != ENXIO) errno = EAGAIN;
    return -1;
  }
  ssize_t written = write(own, bytes, count);
  int error = errno;
  close(own);
  errno = error;
  return written;
}

int64_t cshims_write_now(int fd, const uint8_t *bytes, size_t count) {
  struct stat file;
  if (fd < 0 || fstat(fd, &file) < 0) return -EBADF;
  int waits = S_ISFIFO(file.st_mode) || (S_ISCHR(file.st_mode) && isatty(fd));
  ssize_t written;
  do {
    if (S_ISSOCK(file.st_mode))
      written = send(fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    else
      written = waits ? write_anew(fd, bytes, count) : write(fd, bytes, count);
  } while (written < 0 && errno == EINTR);
  return written < 0 ? -errno : written;
}
