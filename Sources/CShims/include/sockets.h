/* Unix sockets without addresses, and what wakes a poll. A result below 0 is a negative errno. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A listening stream socket at `path`, non-blocking, mode 0600, closed on exec. A file that an
 * ended server left is replaced; -EADDRINUSE if somebody answers there, -EEXIST if it is none. */
int cshims_unix_listen(const char *_Nonnull path, int backlog);

/* A blocking stream socket connected to `path`. Gives up with -EAGAIN when the other side's queue
 * stays full for `timeout_ms`. */
int cshims_unix_connect(const char *_Nonnull path, uint32_t timeout_ms);

/* The next connection, non-blocking, closed on exec. -EAGAIN: there is none. */
int cshims_unix_accept(int listener);

/* The user id at the other end, -1 if it is not known. */
int64_t cshims_peer_user(int socket);

/* Makes a descriptor non-blocking. */
int cshims_set_nonblocking(int fd);

/* Sends what it can of `count` bytes from `bytes + offset`, without SIGPIPE. The number sent. */
int64_t cshims_send(int socket, const uint8_t *_Nonnull bytes, size_t offset, size_t count);

/* Reads at most `count` bytes into `bytes`. The number read, 0 at the end. */
int64_t cshims_receive(int socket, uint8_t *_Nonnull bytes, size_t count);

/* A descriptor that is readable from cshims_wake until cshims_unwake. */
int cshims_waker(void);
void cshims_wake(int waker);
void cshims_unwake(int waker);
