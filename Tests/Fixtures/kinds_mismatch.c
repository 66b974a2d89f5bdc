/* Its note says it is a memory provider, but it answers no query for that. */
#include "fixture.h"

FIXTURE_NOTE("kinds-mismatch", "\"memory\"", "", "instance");

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
};

FIXTURE_ENTRY
