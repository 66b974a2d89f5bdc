/* Sleeps for an hour over every batch. */
#include <time.h>

#include "fixture.h"

FIXTURE_NOTE("sleeps-in-retain", "\"memory\"", "", "instance");

static int32_t retain(void *self, const hf_retain_t *batch) {
  struct timespec hour = {.tv_sec = 3600};
  (void)self;
  (void)batch;
  nanosleep(&hour, NULL);
  return HF_OK;
}

static const hf_memory_t extension = {.size = sizeof extension, .retain = retain};

FIXTURE_QUERY(HF_MEMORY_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .query = query,
};

FIXTURE_ENTRY
