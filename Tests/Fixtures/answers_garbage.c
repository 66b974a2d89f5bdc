/* Answers with what is no answer; the reason of the head says in which way. */
#include "fixture.h"

FIXTURE_NOTE("answers-garbage", "\"memory\"", "", "instance");

static int32_t retain(void *self, const hf_retain_t *batch) {
  hf_op_t op = batch->head.op;
  hf_str_t how = batch->head.reason;
  if (fixture_is(how, "negative")) return -1000;
  if (fixture_is(how, "positive")) return 1000;
  int32_t status = HF_OK;
  if (fixture_is(how, "operations")) {
    for (hf_op_t other = 0; other < 100; other++) {
      hf_op_t never = other * 0x9E3779B97F4A7C15ull;
      if (fixture_complete(self, never, HF_OK, "") != HF_E_STALE) return HF_OK;
    }
    return HF_E_BUSY;
  }
  if (fixture_is(how, "pending")) status = fixture_complete(self, op, HF_PENDING, "");
  if (fixture_is(how, "bytes")) status = fixture_complete(self, op, HF_OK, "\xFF\xC0");
  if (fixture_is(how, "null")) {
    const hf_host_t *host = ((fixture_t *)self)->host;
    status = host->complete(host->ctx, op, HF_OK, (hf_str_t){0, 8});
  }
  fixture_record(self, "complete %d", status);
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
