/* Stores a batch as slowly as the test at the other end of the pipe wants, and recalls
 * meanwhile. */
#include "fixture.h"

FIXTURE_NOTE("read-write", "\"memory\"", "\"prefetch.requested\"", "read-write");

static int32_t retain(void *self, const hf_retain_t *batch) {
  (void)batch;
  fixture_wait(self, "go");
  return HF_OK;
}

static int32_t recall(void *self, const hf_recall_t *request) {
  (void)self;
  (void)request;
  return HF_OK;
}

static int32_t event(void *self, const hf_event_t *event) {
  (void)self;
  (void)event;
  return HF_OK;
}

static const hf_memory_t extension = {
    .size = sizeof extension, .retain = retain, .recall = recall};

FIXTURE_QUERY(HF_MEMORY_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .concurrency = HF_CONCURRENCY_READ_WRITE,
    .events = HF_EVENT_PREFETCH_REQUESTED,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .event = event,
    .query = query,
};

FIXTURE_ENTRY
