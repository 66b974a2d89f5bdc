/* At the first event it starts a thread, which ends the process as the setting `how` says: "write"
 * to address 16, "call" of no function, or "abort" in the C library. */
#include "fixture.h"

#include <pthread.h>

HF_PLUGIN_NOTE(
    "{\"id\":\"crashes-in-thread\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"kinds\":[],"
    "\"events\":[\"turn.completed\"],\"concurrency\":\"instance\",\"language\":\"C\","
    "\"config\":{\"how\":{\"type\":\"string\"}}}");

typedef struct crasher {
  fixture_t fixture; /* first, so that the functions for fixtures work on a crasher too */
  char how[16];
} crasher_t;

__attribute__((noinline)) static int end(const char *how) {
  int *volatile nowhere = (int *)16;
  int (*volatile nothing)(void) = NULL;
  if (strcmp(how, "write") == 0) *nowhere = 1;
  if (strcmp(how, "call") == 0) return nothing() + 1;
  if (strcmp(how, "abort") == 0) abort();
  return 0;
}

static void *run(void *self) {
  return end(((const crasher_t *)self)->how) ? self : NULL;
}

static int32_t event(void *self, const hf_event_t *event) {
  (void)event;
  pthread_t thread;
  if (pthread_create(&thread, NULL, run, self) != 0) return HF_E_FAILED;
  pthread_join(thread, NULL);
  return HF_OK;
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  crasher_t *crasher = calloc(1, sizeof *crasher);
  crasher->fixture.host = host;
  for (uint64_t i = 0; i < config->pair_count; i++)
    snprintf(crasher->how, sizeof crasher->how, "%.*s", TEXT(config->pairs[i].value));
  *self = crasher;
  return HF_OK;
}

static void destroy(void *self) { free(self); }

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .events = HF_EVENT_TURN_COMPLETED,
    .create = create,
    .destroy = destroy,
    .event = event,
};

FIXTURE_ENTRY
