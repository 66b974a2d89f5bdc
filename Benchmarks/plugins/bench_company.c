/* Bad company: with the first turn that it hears of it computes for ever, sleeps for an hour, or
 * takes up work for the session that it never ends, as its setting `does` says. */
#include "bench.h"

HF_PLUGIN_NOTE("{\"id\":\"bench-company\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"kinds\":[],"
               "\"events\":[\"turn.completed\"],\"concurrency\":\"instance\",\"language\":\"C\","
               "\"config\":{\"does\":{\"type\":\"string\",\"help\":\"spins, sleeps or begins\"}}}");

typedef struct company {
  const hf_host_t *host;
  char does;
} company_t;

static int32_t begin(const hf_host_t *host, hf_str_t session) {
  const hf_host_activity_t *service = host->service(host->ctx, HF_STR(HF_HOST_ACTIVITY_ID));
  hf_activity_t activity = {.size = sizeof activity, .kind = HF_ACTIVITY_TOOL_CALL,
                            .session_id = session, .name = HF_STR("never ended")};
  uint64_t token;
  return service->begin(host->ctx, &activity, &token);
}

static int32_t event(void *self, const hf_event_t *event) {
  company_t *company = self;
  if (company->does == 'b') return begin(company->host, event->session_id);
  for (volatile uint64_t round = 0; company->does == 'p'; round++) {
  }
  sleep(3600);
  return HF_OK;
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  company_t *company = calloc(1, sizeof *company);
  if (!company) return HF_E_FAILED;
  company->host = host;
  for (uint64_t place = 0; place < config->pair_count; place++) {
    hf_str_t value = config->pairs[place].value;
    if (!bench_is(config->pairs[place].key, "does")) continue;
    company->does = bench_is(value, "spins") ? 'p' : bench_is(value, "sleeps") ? 'l' : 'b';
  }
  *self = company;
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

BENCH_ENTRY
