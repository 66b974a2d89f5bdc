/* Writing without waiting. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Writes what a descriptor of any kind takes at once; may be called in a signal handler. The number
 * of bytes written, -EAGAIN if somebody would have to read first, or another negative errno. A file
 * on a disk takes everything, as soon as the disk does. */
int64_t cshims_write_now(int fd, const uint8_t *_Nonnull bytes, size_t count);
