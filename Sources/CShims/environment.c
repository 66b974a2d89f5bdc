#include "cshims.h"

#include <unistd.h>

const char *cshims_variable(size_t index) { return environ[index]; }
