/* Recalls what is not the asker's, more than was asked for, and what is no text. */
#include "fixture.h"

FIXTURE_NOTE("foreign-scope", "\"memory\"", "", "instance");

static int32_t retain(void *self, const hf_retain_t *batch) {
  (void)self;
  (void)batch;
  return HF_OK;
}

static int32_t give(fixture_t *fixture, hf_op_t op, hf_str_t text, hf_str_t scope) {
  const hf_host_t *host = fixture->host;
  const hf_host_memory_t *memory = host->service(host->ctx, HF_STR(HF_HOST_MEMORY_ID));
  hf_recall_item_t item = {.size = sizeof item, .text = text, .scope = scope};
  return memory->recall_item(host->ctx, op, &item);
}

static int32_t recall(void *self, const hf_recall_t *request) {
  hf_op_t op = request->head.op;
  hf_str_t mine = request->head.scope;
  int32_t foreign = give(self, op, HF_STR("a secret"), HF_STR("other"));
  int32_t bytes = give(self, op, HF_STR("\xFF"), mine);
  int32_t good = give(self, op, HF_STR("mine"), mine);
  int32_t longer = give(self, op, HF_STR("far more characters than were asked for"), mine);
  int32_t second = give(self, op, HF_STR("second"), mine);
  int32_t third = give(self, op, HF_STR("third"), mine);
  int32_t unknown = give(self, op + 1000, HF_STR("lost"), mine);
  fixture_record(self, "%d %d %d %d %d %d %d", foreign, bytes, good, longer, second, third,
                 unknown);
  return HF_OK;
}

static const hf_memory_t extension = {
    .size = sizeof extension, .retain = retain, .recall = recall};

FIXTURE_QUERY(HF_MEMORY_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .query = query,
};

FIXTURE_ENTRY
