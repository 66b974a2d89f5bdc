#include "ctestvfs.h"
