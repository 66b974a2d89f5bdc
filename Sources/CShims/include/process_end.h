/* How the process ends. */
#pragma once

/* Ends the process at once, after what standard output still buffers was written. Nothing that a
 * library has registered for the end runs: threads of plugins may still be at work, and one of them
 * may hold the loader's lock. */
_Noreturn void cshims_end_process(int status);
