/* A channel that never connects: each time it is started it says so. */
#include "bench.h"

HF_PLUGIN_NOTE("{\"id\":\"failing-channel\",\"version\":\"1.0.0\",\"abi\":\"1.0\","
               "\"kinds\":[\"channel\"],\"events\":[],\"concurrency\":\"instance\","
               "\"language\":\"C\"}");

static int32_t start(void *self, const hf_head_t *head) {
  const hf_host_t *host = self;
  (void)head;
  host->explain(host->ctx, HF_STR("the platform refuses the token"));
  return HF_E_FAILED;
}

static int32_t stop(void *self, const hf_head_t *head) {
  (void)self;
  (void)head;
  return HF_OK;
}

static int32_t send_part(void *self, const hf_send_t *part) {
  (void)self;
  (void)part;
  return HF_E_FAILED;
}

static void receipt(void *self, const hf_receipt_t *receipt) {
  (void)self;
  (void)receipt;
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  (void)config;
  *self = (void *)host;
  return HF_OK;
}

static const hf_channel_t channel = {.size = sizeof channel,
                                     .unit = HF_UNIT_BYTES,
                                     .start = start,
                                     .stop = stop,
                                     .send = send_part,
                                     .receipt = receipt};

static const void *query(void *self, hf_str_t id) {
  (void)self;
  return bench_is(id, HF_CHANNEL_ID) ? &channel : NULL;
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD, .create = create, .destroy = bench_destroy, .query = query};

BENCH_ENTRY
