/* Has a note that is no JSON. */
#include "fixture.h"

HF_PLUGIN_NOTE("id = bad-note");

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
};

FIXTURE_ENTRY
