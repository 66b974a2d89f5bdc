/* Writes 5000 lines into the log, and some that are none. */
#include "fixture.h"

FIXTURE_NOTE("floods-log", "", "\"turn.completed\"", "instance");

static int32_t event(void *self, const hf_event_t *event) {
  (void)event;
  fixture_t *fixture = self;
  const hf_host_t *host = fixture->host;
  int32_t level = host->log(host->ctx, 99, HF_STR("no such level"));
  int32_t bytes = host->log(host->ctx, HF_LOG_INFO, HF_STR("\xFF"));
  int passed = 0, busy = 0;
  for (int line = 0; line < 5000; line++) {
    int32_t status = host->log(host->ctx, HF_LOG_INFO, HF_STR("two\nlines\x1B[31m"));
    passed += status == HF_OK;
    busy += status == HF_E_BUSY;
  }
  fixture_record(fixture, "%d %d all=%d some=%d", level, bytes, passed + busy, passed < 5000);
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
