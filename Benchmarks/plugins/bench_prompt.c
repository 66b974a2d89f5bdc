/* A model that answers with what was recalled for its prompt. */
#include "bench.h"

HF_PLUGIN_NOTE("{\"id\":\"bench-prompt\",\"version\":\"1.0.0\",\"abi\":\"1.0\","
               "\"kinds\":[\"model\"],\"events\":[],\"concurrency\":\"instance\","
               "\"language\":\"C\"}");

static hf_str_t answer(const hf_model_request_t *request) {
  return request->recalled_count > 0 ? request->recalled[0].text : HF_STR("nothing was recalled");
}

BENCH_MODEL(answer)
