/* Its note is of another major version than this host's. */
#include "fixture.h"

HF_PLUGIN_NOTE("{\"id\":\"unknown-major-note\",\"version\":\"1\",\"abi\":\"7.3\"}");

static const hf_plugin_t plugin = {
    .size = sizeof(hf_plugin_t),
    .abi_major = 7,
    .abi_minor = 3,
    .create = fixture_create,
    .destroy = fixture_destroy,
};

FIXTURE_ENTRY
