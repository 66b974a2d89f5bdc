/* Writing without waiting for a reader. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Writes what a pipe, a socket or a terminal takes at once; may be called in a signal handler. The
 * number of bytes written, -EAGAIN if somebody would have to read first, or another negative errno.
 * A file takes everything, as soon as its disk does. */
int64_t cshims_write_now(int fd, const uint8_t *_Nonnull bytes, size_t count);
