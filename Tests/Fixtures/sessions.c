/* Takes several sessions at once: a batch whose reason is "wait" is stored as slowly as the test at
 * the other end of the pipe wants, one whose reason is "later" is answered as one that was left
 * pending. Everything is written down when it begins. */
#include "fixture.h"

FIXTURE_NOTE("sessions", "\"memory\"", "\"turn.completed\"", "session");

static int32_t retain(void *self, const hf_retain_t *batch) {
  fixture_record(self, "retain %.*s", TEXT(batch->head.session_id));
  if (fixture_is(batch->head.reason, "wait")) fixture_wait(self, "go");
  if (!fixture_is(batch->head.reason, "later")) return HF_OK;
  fixture_complete(self, batch->head.op, HF_OK, "");
  return HF_PENDING;
}

static int32_t recall(void *self, const hf_recall_t *request) {
  fixture_record(self, "recall %.*s", TEXT(request->head.session_id));
  return HF_OK;
}

static int32_t event(void *self, const hf_event_t *event) {
  fixture_record(self, "event %.*s", TEXT(event->session_id));
  return HF_OK;
}

static const hf_memory_t extension = {
    .size = sizeof extension, .retain = retain, .recall = recall};

FIXTURE_QUERY(HF_MEMORY_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .concurrency = HF_CONCURRENCY_SESSION,
    .events = HF_EVENT_TURN_COMPLETED,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .event = event,
    .query = query,
};

FIXTURE_ENTRY
