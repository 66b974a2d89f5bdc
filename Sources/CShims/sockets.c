#include "cshims.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static int address_of(const char *path, struct sockaddr_un *address) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (strlen(path) >= sizeof address->sun_path) return -ENAMETOOLONG;
  strcpy(address->sun_path, path);
  return 0;
}

/* A socket file outlives its server, so a file proves nothing; only an answer does. */
static int remove_abandoned(const struct sockaddr_un *address) {
  struct stat file;
  if (lstat(address->sun_path, &file) < 0) return errno == ENOENT ? 0 : -errno;
  if (!S_ISSOCK(file.st_mode)) return -EEXIST;
  int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return -errno;
  int status = connect(probe, (const struct sockaddr *)address, sizeof *address);
  int answered = status == 0 || errno != ECONNREFUSED;
  close(probe);
  if (answered) return -EADDRINUSE;
  return unlink(address->sun_path) < 0 && errno != ENOENT ? -errno : 0;
}

int cshims_unix_listen(const char *path, int backlog) {
  struct sockaddr_un address;
  int status = address_of(path, &address);
  if (status == 0) status = remove_abandoned(&address);
  if (status < 0) return status;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 || chmod(path, 0600) < 0 ||
      listen(fd, backlog) < 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

int cshims_unix_connect(const char *path, uint32_t timeout_ms) {
  struct sockaddr_un address;
  struct timeval limit = {timeout_ms / 1000, (timeout_ms % 1000) * 1000};
  int status = address_of(path, &address);
  if (status < 0) return status;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

int cshims_unix_accept(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  return fd < 0 ? -errno : fd;
}

int64_t cshims_peer_user(int socket) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return -1;
  return (int64_t)peer.uid;
}

int cshims_set_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno : 0;
}

int64_t cshims_send(int socket, const uint8_t *bytes, size_t offset, size_t count) {
  ssize_t sent = send(socket, bytes + offset, count, MSG_NOSIGNAL);
  return sent < 0 ? -errno : sent;
}

int64_t cshims_receive(int socket, uint8_t *bytes, size_t count) {
  ssize_t received = recv(socket, bytes, count, 0);
  return received < 0 ? -errno : received;
}

int cshims_waker(void) {
  int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return fd < 0 ? -errno : fd;
}

void cshims_wake(int waker) {
  uint64_t one = 1;
  ssize_t ignored = write(waker, &one, sizeof one); /* a full counter wakes just as well */
  (void)ignored;
}

void cshims_unwake(int waker) {
  uint64_t count;
  ssize_t ignored = read(waker, &count, sizeof count); /* nothing to read is no failure */
  (void)ignored;
}
