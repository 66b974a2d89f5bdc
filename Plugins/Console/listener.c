#include "listener.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A socket file outlives its server. It may be removed if nobody answers, and only then. */
static int clear_path(const listener_t *listener, char *reason, size_t size) {
  const char *path = listener->address.sun_path;
  struct stat file;
  if (lstat(path, &file) < 0) return 1;
  if (!S_ISSOCK(file.st_mode)) {
    snprintf(reason, size, "%s is not a socket; move it away or set another path", path);
    return 0;
  }
  int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int answered = connect(probe, (const struct sockaddr *)&listener->address,
                         sizeof listener->address) == 0 || errno != ECONNREFUSED;
  close(probe);
  if (answered) {
    snprintf(reason, size, "another program serves %s; stop it or set another path", path);
    return 0;
  }
  unlink(path);
  return 1;
}

int listener_open(listener_t *listener, const char *path, int backlog, char *reason, size_t size) {
  *listener = (listener_t){.fd = -1, .address = {.sun_family = AF_UNIX}};
  if (strlen(path) >= sizeof listener->address.sun_path) {
    snprintf(reason, size, "the path of a socket has at most 107 bytes, this one more: %s", path);
    return 0;
  }
  strcpy(listener->address.sun_path, path);
  if (!clear_path(listener, reason, size)) return 0;
  int fd = listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const struct sockaddr *address = (const struct sockaddr *)&listener->address;
  /* Nobody can connect before listen, so nobody slips in before the mode is set. */
  if (fd >= 0 && bind(fd, address, sizeof listener->address) == 0 && chmod(path, 0600) == 0 &&
      lstat(path, &listener->file) == 0 && listen(fd, backlog) == 0)
    return 1;
  snprintf(reason, size, "cannot listen on %s: %s", path, strerror(errno));
  return 0;
}

void listener_close(listener_t *listener) {
  struct stat file;
  const char *path = listener->address.sun_path;
  /* By now the path may belong to somebody else. */
  if (listener->file.st_ino && lstat(path, &file) == 0 && file.st_ino == listener->file.st_ino &&
      file.st_dev == listener->file.st_dev)
    unlink(path);
  if (listener->fd >= 0) close(listener->fd);
  listener->fd = -1;
}
