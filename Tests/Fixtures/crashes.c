/* Writes to address 16 in an event. With the reason "overflow" it runs out of stack instead. */
#include "fixture.h"

FIXTURE_NOTE("crashes", "", "\"turn.completed\"", "instance");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winfinite-recursion"
__attribute__((noinline)) static int overflow(int depth) {
  volatile char room[4096];
  room[0] = (char)depth;
  return overflow(depth + 1) + room[0];
}
#pragma GCC diagnostic pop

static int32_t event(void *self, const hf_event_t *event) {
  (void)self;
  if (fixture_is(event->reason, "overflow")) return overflow(0);
  int *volatile nowhere = (int *)16;
  *nowhere = 1;
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
