/* Signals as something to wait for, not as something that interrupts. */
#pragma once

/* From now on SIGINT, SIGTERM and SIGHUP each put one byte, their number, into a pipe, whose
 * reading end this gives, non-blocking; the same one at every call. Below 0: a negative errno
 * value. */
int cshims_stop_signals(void);

/* The next of those signals, 0 if none has come since. */
int cshims_next_stop_signal(int fd);
