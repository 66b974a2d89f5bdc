/* Who looks at a lock without taking it. */
#pragma once

/* 1 if another open file has a lock on `path`, 0 if none has; a negative errno: it cannot be said,
 * -ENOENT: there is no such file. */
int cshims_is_locked(const char *_Nonnull path);
