/* Ends the whole process in an event. */
#include "fixture.h"

FIXTURE_NOTE("exits", "", "\"turn.completed\"", "instance");

static int32_t event(void *self, const hf_event_t *event) {
  (void)self;
  (void)event;
  exit(3);
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .events = HF_EVENT_TURN_COMPLETED,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .event = event,
};

FIXTURE_ENTRY
