/* The environment as a list. */
#pragma once

#include <stddef.h>

/* Entry `index`, such as "HOME=/home/ada"; NULL after the last. Not while another thread changes
 * the environment, which a host never does. */
const char *_Nullable cshims_variable(size_t index);
