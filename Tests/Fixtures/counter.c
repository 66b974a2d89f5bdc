/* Counts events; for each it keeps how long ago its deadline lies, which a benchmark sets to the
 * time at which it handed the event over. Written to the instance's folder at the end. */
#include <stdatomic.h>

#include "fixture.h"

enum { SAMPLES = 1 << 16 };

FIXTURE_NOTE("counter", "", "\"turn.completed\",\"host.stopping\"", "instance");

static uint64_t samples[SAMPLES];
static uint64_t sampled, counted, bytes;

static int32_t event(void *self, const hf_event_t *event) {
  fixture_t *fixture = self;
  counted++;
  if (event->kind == HF_EVENT_TURN_COMPLETED) {
    const hf_event_turn_t *turn = (const void *)event;
    bytes += turn->user_text.len + turn->answer_text.len + event->session_key.len;
  }
  if (event->deadline_ns == 0 || sampled == SAMPLES) return HF_OK;
  samples[sampled++] = fixture->host->now_ns(fixture->host->ctx) - event->deadline_ns;
  return HF_OK;
}

static void destroy(void *self) {
  char path[2048];
  fixture_path(self, "samples", path);
  FILE *file = fopen(path, "w");
  if (!file) abort();
  fwrite(samples, sizeof *samples, sampled, file);
  fclose(file);
  fixture_record(self, "counted %llu bytes %llu", (unsigned long long)counted,
                 (unsigned long long)bytes);
  free(self);
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .events = HF_EVENT_TURN_COMPLETED | HF_EVENT_HOST_STOPPING,
    .create = fixture_create,
    .destroy = destroy,
    .event = event,
};

FIXTURE_ENTRY
