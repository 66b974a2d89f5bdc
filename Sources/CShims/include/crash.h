/* Who is to blame when the process dies: a mark per thread, and handlers that write it down. */
#pragma once
#include <stdint.h>

/* Marks the calling thread as inside a call of a plugin. Only the pointers are kept: `instance` and
 * `call` are NUL-terminated; all three stay valid until the mark is cleared. */
void cshims_breadcrumb_set(const char *_Nonnull instance, const char *_Nonnull call,
                       const char *_Nullable session, uint64_t session_length);
void cshims_breadcrumb_clear(void);

/* Says which instance uses code below a folder, before that is loaded: of a crash in a thread that
 * the host did not start, code is all that is known. The folder's path is absolute and without
 * links. Any thread; both are copied, and stay. */
void cshims_crash_library(const char *_Nonnull folder, const char *_Nonnull instance);

/* The calling thread is the host's: outside of calls nobody else is to blame for what it does. */
void cshims_crash_own_thread(void);

/* Installs handlers for the signals that end a process. They write with write(2): a sentence to
 * standard error, and to `record`, unless it is negative, lines name=value with time (Unix time in
 * ms), kind, plugin, call and session, if a plugin is to blame, and text, the sentence; plugin
 * alone if it was in a thread of its own. Then they hand over to whatever handled the signal
 * before. They take no lock, and a second at most: SIGALRM ends the process then. Also names a
 * plugin that calls exit() and ends the process with status 70: the host's orderly end would
 * otherwise run beneath the plugin's call. Call once, early. */
void cshims_crash_handlers_install(int record);

/* The record goes to another descriptor from now on; negative for none. */
void cshims_crash_record_set(int record);

/* Closes a record, unless it is negative; none is written from now on if it was the current one. */
void cshims_crash_record_end(int record);
