/* Has a note and no entry. */
#include "fixture.h"

FIXTURE_NOTE("no-entry", "", "", "instance");

int unrelated(void);
int unrelated(void) { return 1; }
