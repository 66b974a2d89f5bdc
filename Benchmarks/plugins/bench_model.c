/* A model that answers with the last message at once. */
#include "bench.h"

HF_PLUGIN_NOTE("{\"id\":\"bench-model\",\"version\":\"1.0.0\",\"abi\":\"1.0\","
               "\"kinds\":[\"model\"],\"events\":[],\"concurrency\":\"instance\","
               "\"language\":\"C\"}");

static int32_t respond(void *self, const hf_model_request_t *request) {
  const hf_host_t *host = self;
  const hf_host_model_t *model = host->service(host->ctx, HF_STR(HF_HOST_MODEL_ID));
  hf_str_t text = request->messages[request->message_count - 1].text;
  return model->text(host->ctx, request->head.op, text);
}

static const hf_model_t model = {.size = sizeof model, .respond = respond};

static const void *query(void *self, hf_str_t id) {
  (void)self;
  return bench_is(id, HF_MODEL_ID) ? &model : NULL;
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = bench_create,
    .destroy = bench_destroy,
    .query = query,
};

BENCH_ENTRY
