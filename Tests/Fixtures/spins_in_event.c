/* Computes in an event until there is a file "enough" in its folder. */
#include "fixture.h"

FIXTURE_NOTE("spins-in-event", "", "\"turn.completed\"", "instance");

static int32_t event(void *self, const hf_event_t *event) {
  char path[2048];
  (void)event;
  fixture_path(self, "enough", path);
  for (volatile uint64_t round = 1; round % (1 << 20) != 0 || access(path, F_OK) != 0; round++) {
  }
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
