/* Calls a function that no library has. */
#include "fixture.h"

FIXTURE_NOTE("needs-missing", "", "", "instance");

extern int found_nowhere(void);

static void destroy(void *self) {
  (void)self;
  found_nowhere();
}

static const hf_plugin_t plugin = {HF_PLUGIN_HEAD, .create = fixture_create, .destroy = destroy};

FIXTURE_ENTRY
