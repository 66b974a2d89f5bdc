/* Has an entry and no note. */
#include "fixture.h"

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
};

FIXTURE_ENTRY
