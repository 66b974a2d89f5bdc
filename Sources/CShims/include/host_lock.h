/* The lock that makes a host the only one on its state. */
#pragma once

/* Opens `path`, makes it if need be, and takes an open file description lock on it without waiting.
 * Returns a descriptor that holds the lock until it is closed, also by the end of the process;
 * -EWOULDBLOCK if another process holds it; else a negative errno. Not inherited by children. */
int cshims_host_lock(const char *_Nonnull path);
