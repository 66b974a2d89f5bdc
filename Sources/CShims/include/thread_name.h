/* What a thread is called in ps, top and a debugger. */
#pragma once

/* Names the calling thread; more than 15 bytes are cut off. */
void cshims_name_thread(const char *_Nonnull name);
