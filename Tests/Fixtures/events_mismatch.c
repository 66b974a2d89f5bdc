/* Its table wants another event than its note says. */
#include "fixture.h"

FIXTURE_NOTE("events-mismatch", "", "\"turn.completed\"", "instance");

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .events = HF_EVENT_SESSION_ENDED,
    .create = fixture_create,
    .destroy = fixture_destroy,
};

FIXTURE_ENTRY
