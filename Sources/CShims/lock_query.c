#include "lock_query.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int cshims_is_locked(const char *path) {
  int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return -errno;
  struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  int result = fcntl(fd, F_OFD_GETLK, &range) < 0 ? -errno : range.l_type != F_UNLCK;
  close(fd);
  return result;
}
