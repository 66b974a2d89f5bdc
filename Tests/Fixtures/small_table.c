/* Its table says it is smaller than it has to be. */
#include "fixture.h"

FIXTURE_NOTE("small-table", "", "", "instance");

static const hf_plugin_t plugin = {
    .size = 24,
    .abi_major = HF_ABI_MAJOR,
    .create = fixture_create,
    .destroy = fixture_destroy,
};

FIXTURE_ENTRY
