/* A tool that does some work: it counts to a hundred thousand and says so. */
#include "bench.h"

HF_PLUGIN_NOTE("{\"id\":\"crowd-tools\",\"version\":\"1.0.0\",\"abi\":\"1.0\","
               "\"kinds\":[\"tools\"],\"events\":[],\"concurrency\":\"instance\","
               "\"language\":\"C\"}");

static int32_t list(void *self, const hf_head_t *head) {
  const hf_host_t *host = self;
  const hf_host_tools_t *tools = host->service(host->ctx, HF_STR(HF_HOST_TOOLS_ID));
  hf_tool_t tool = {.size = sizeof tool, .flags = HF_TOOL_READ_ONLY, .name = HF_STR("count")};
  tool.description = HF_STR("Counts.");
  return tools->tool(host->ctx, head->op, &tool);
}

static int32_t call(void *self, const hf_tool_call_t *call) {
  const hf_host_t *host = self;
  const hf_host_tools_t *tools = host->service(host->ctx, HF_STR(HF_HOST_TOOLS_ID));
  volatile uint64_t sum = 0;
  for (uint64_t number = 0; number < 100000; number++) sum += number;
  return tools->result(host->ctx, call->head.op, HF_STR("counted"));
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  (void)config;
  *self = (void *)host;
  return HF_OK;
}

static const hf_tools_t tools = {.size = sizeof tools, .list = list, .call = call};

static const void *query(void *self, hf_str_t id) {
  (void)self;
  return bench_is(id, HF_TOOLS_ID) ? &tools : NULL;
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD, .create = create, .destroy = bench_destroy, .query = query};

BENCH_ENTRY
