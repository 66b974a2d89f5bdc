/* Keeps every batch until the host has lost interest, and answers then. */
#include "fixture.h"

FIXTURE_NOTE("answers-late", "\"memory\"", "", "instance");

static int32_t retain(void *self, const hf_retain_t *batch) {
  fixture_t *fixture = self;
  fixture->kept = batch->head.op;
  fixture_record(fixture, "wanted %d", fixture->host->wanted(fixture->host->ctx, fixture->kept));
  return HF_PENDING;
}

static void on_cancel(void *self, hf_op_t op) {
  fixture_t *fixture = self;
  int32_t wanted = fixture->host->wanted(fixture->host->ctx, op);
  fixture_record(fixture, "cancel same=%d wanted %d complete %d", op == fixture->kept, wanted,
                 fixture_complete(fixture, op, HF_OK, "late"));
}

static const hf_memory_t extension = {.size = sizeof extension, .retain = retain};

FIXTURE_QUERY(HF_MEMORY_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .on_cancel = on_cancel,
    .query = query,
};

FIXTURE_ENTRY
