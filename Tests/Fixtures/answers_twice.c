/* Answers each batch three times: twice with complete, and once by returning. */
#include "fixture.h"

FIXTURE_NOTE("answers-twice", "\"memory\"", "", "instance");

static int32_t retain(void *self, const hf_retain_t *batch) {
  int32_t first = fixture_complete(self, batch->head.op, HF_OK, "first");
  int32_t second = fixture_complete(self, batch->head.op, HF_E_FAILED, "second");
  fixture_record(self, "complete %d %d", first, second);
  return HF_E_REFUSED;
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
