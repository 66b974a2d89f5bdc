/* Promises every answer and gives none. */
#include "fixture.h"

FIXTURE_NOTE("never-answers", "\"memory\"", "", "instance");

static int32_t retain(void *self, const hf_retain_t *batch) {
  (void)self;
  (void)batch;
  return HF_PENDING;
}

static const hf_memory_t extension = {.size = sizeof extension, .retain = retain};

FIXTURE_QUERY(HF_MEMORY_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .query = query,
};

FIXTURE_ENTRY
