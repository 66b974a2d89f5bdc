/* What keeps a process small that lives long. */
#pragma once

/* Gives back the pages of code and constants that only the start needed, and unused heap. The
 * process goes on as before; what is needed again is mapped again at its first use. Any thread. */
void cshims_release_start_pages(void);
