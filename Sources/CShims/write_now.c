#include "write_now.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

/* For what does not know the question, such as terminals: a pipe that is writable takes so much
 * without waiting, and so does a terminal whose output nobody has stopped. */
static ssize_t write_if_writable(int fd, const uint8_t *bytes, size_t count) {
  struct pollfd entry = {.fd = fd, .events = POLLOUT};
  if (poll(&entry, 1, 0) <= 0 || !(entry.revents & (POLLOUT | POLLERR | POLLHUP))) {
    errno = EAGAIN;
    return -1;
  }
  return write(fd, bytes, count < PIPE_BUF ? count : PIPE_BUF);
}

int64_t cshims_write_now(int fd, const uint8_t *bytes, size_t count) {
  struct iovec piece = {.iov_base = (void *)bytes, .iov_len = count};
  ssize_t written;
  int knows = 1;
  do {
    written = knows ? pwritev2(fd, &piece, 1, -1, RWF_NOWAIT) : write_if_writable(fd, bytes, count);
    if (written < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) && knows) {
      knows = 0;
      errno = EINTR;
    }
  } while (written < 0 && errno == EINTR);
  return written < 0 ? -errno : written;
}
