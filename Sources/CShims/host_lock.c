#include "host_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int cshims_host_lock(const char *path) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return -errno;
  struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fcntl(fd, F_OFD_SETLK, &range) == 0) return fd;
  int error = errno == EACCES || errno == EAGAIN ? EWOULDBLOCK : errno;
  close(fd);
  return -error;
}
