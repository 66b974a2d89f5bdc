#include "host_lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

/* Descriptors plus one; 0 is a free place. A process has one host, a test a few. */
static _Atomic int held[64];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A child that goes on without exec would hold the locks beyond its parent's end. */
static void forget_in_child(void) {
  for (size_t i = 0; i < sizeof held / sizeof *held; i++)
    if (held[i]) close(held[i] - 1);
}

static void replace(int from, int to) {
  for (size_t i = 0; i < sizeof held / sizeof *held; i++) {
    int expected = from;
    if (atomic_compare_exchange_strong(&held[i], &expected, to)) return;
  }
}

static void watch_forks(void) { pthread_atfork(NULL, NULL, forget_in_child); }

int cshims_host_lock(const char *path, int waits) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return -errno;
  pthread_once(&once, watch_forks);
  struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  while (fcntl(fd, waits ? F_OFD_SETLKW : F_OFD_SETLK, &range) < 0) {
    if (errno == EINTR) continue;
    int error = errno == EACCES || errno == EAGAIN ? EWOULDBLOCK : errno;
    close(fd);
    return -error;
  }
  replace(0, fd + 1);
  return fd;
}

void cshims_host_unlock(int lock) {
  replace(lock + 1, 0);
  close(lock);
}

void cshims_remove_sockets(const char *folder) {
  DIR *entries = opendir(folder);
  if (!entries) return;
  struct stat file;
  for (struct dirent *entry; (entry = readdir(entries));)
    if (fstatat(dirfd(entries), entry->d_name, &file, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISSOCK(file.st_mode))
      unlinkat(dirfd(entries), entry->d_name, 0);
  closedir(entries);
}
