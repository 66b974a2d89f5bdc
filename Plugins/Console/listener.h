/* A Unix socket at a path, for this user alone. */
#ifndef CONSOLE_LISTENER_H
#define CONSOLE_LISTENER_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/un.h>

typedef struct listener {
  int fd; /* -1: closed */
  struct sockaddr_un address;
  struct stat file; /* the socket as it was made */
} listener_t;

/* Listens on path, with so many connections waiting. 0 on failure, with the reason for people. */
int listener_open(listener_t *listener, const char *path, int backlog, char *reason, size_t size);

/* Closes it and removes its file, if that is still its own. */
void listener_close(listener_t *listener);

#endif
