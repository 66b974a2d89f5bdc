/* Stays in an event until the test at the other end of the pipe lets go. */
#include "fixture.h"

FIXTURE_NOTE("hangs-in-event", "", "\"turn.completed\"", "instance");

static int32_t event(void *self, const hf_event_t *event) {
  (void)event;
  fixture_record(self, "event");
  fixture_wait(self, "go");
  return HF_OK;
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .events = HF_EVENT_TURN_COMPLETED,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .event = event,
};

FIXTURE_ENTRY
