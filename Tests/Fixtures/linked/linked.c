/* A plugin that needs a library of its own. */
#include "../fixture.h"

FIXTURE_NOTE("linked", "", "\"turn.completed\"", "instance");

const char *companion_place(void);

static int32_t event(void *self, const hf_event_t *event) {
  (void)event;
  fixture_record(self, "companion from %s", companion_place());
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
