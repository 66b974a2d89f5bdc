/* Its table is of another major version than this host's; its note does not say so. */
#include "fixture.h"

FIXTURE_NOTE("unknown-major", "", "", "instance");

static const hf_plugin_t plugin = {
    .size = sizeof(hf_plugin_t),
    .abi_major = 7,
    .abi_minor = 3,
    .create = fixture_create,
    .destroy = fixture_destroy,
};

FIXTURE_ENTRY
