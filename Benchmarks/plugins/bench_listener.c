/* Hears of every turn, and keeps how long ago its commit became durable, and whether on the same
 * core: the time since the last sync of the process, which preload/sync_clock.c notes. */
#include <dlfcn.h>
#include <sched.h>

#include "bench.h"

HF_PLUGIN_NOTE("{\"id\":\"bench-listener\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"kinds\":[],"
               "\"events\":[\"turn.started\",\"turn.completed\"],\"concurrency\":\"instance\","
               "\"language\":\"C\"}");

static _Atomic uint64_t *last_sync;
static _Atomic int *sync_core;

static int32_t event(void *self, const hf_event_t *event) {
  (void)self;
  uint64_t now = bench_now();
  atomic_fetch_add_explicit(&bench_shared->events, 1, memory_order_relaxed);
  if (event->kind != HF_EVENT_TURN_COMPLETED || !last_sync) return HF_OK;
  uint64_t place = atomic_load(&bench_shared->samples);
  if (place == BENCH_SAMPLES) return HF_OK;
  uint64_t is_same = sync_core && atomic_load(sync_core) == sched_getcpu();
  bench_shared->sample_ns[place] = (now - atomic_load(last_sync)) << 1 | is_same;
  atomic_store(&bench_shared->samples, place + 1);
  return HF_OK;
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  last_sync = dlsym(RTLD_DEFAULT, "holdfast_bench_last_sync");
  sync_core = dlsym(RTLD_DEFAULT, "holdfast_bench_sync_core");
  return bench_create(host, config, self);
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .events = HF_EVENT_TURN_STARTED | HF_EVENT_TURN_COMPLETED,
    .create = create,
    .destroy = bench_destroy,
    .event = event,
};

BENCH_ENTRY
