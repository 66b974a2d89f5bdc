/* The locks that make a host the only one on its state and its sockets. */
#pragma once

/* Opens `path`, makes it if need be, and takes an open file description lock on it; blocks in the
 * kernel until it is free if `waits`. Returns a descriptor that holds the lock until it is given to
 * cshims_host_unlock or the process ends; -EWOULDBLOCK if another process holds it; else a negative
 * errno. Not inherited by children, not even by those that never exec. */
int cshims_host_lock(const char *_Nonnull path, int waits);

/* Gives the lock up. */
void cshims_host_unlock(int lock);

/* Removes the sockets in a folder that is locked: their servers are gone. */
void cshims_remove_sockets(const char *_Nonnull folder);
