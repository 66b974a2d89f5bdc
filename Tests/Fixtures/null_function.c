/* Its table lacks a function that must be there. */
#include "fixture.h"

FIXTURE_NOTE("null-function", "", "", "instance");

static const hf_plugin_t plugin = {HF_PLUGIN_HEAD, .create = fixture_create};

FIXTURE_ENTRY
