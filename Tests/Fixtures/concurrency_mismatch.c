/* Its table asks for another concurrency than its note says. */
#include "fixture.h"

FIXTURE_NOTE("concurrency-mismatch", "", "", "affine");

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .concurrency = HF_CONCURRENCY_READ_WRITE,
    .create = fixture_create,
    .destroy = fixture_destroy,
};

FIXTURE_ENTRY
