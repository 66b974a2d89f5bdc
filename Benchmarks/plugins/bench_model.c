/* A model that answers with the last message at once. */
#include "bench.h"

HF_PLUGIN_NOTE("{\"id\":\"bench-model\",\"version\":\"1.0.0\",\"abi\":\"1.0\","
               "\"kinds\":[\"model\"],\"events\":[],\"concurrency\":\"instance\","
               "\"language\":\"C\"}");

static hf_str_t answer(const hf_model_request_t *request) {
  return request->messages[request->message_count - 1].text;
}

BENCH_MODEL(answer)
