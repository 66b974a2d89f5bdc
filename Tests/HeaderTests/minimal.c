#include <holdfast/holdfast.h>

HF_PLUGIN_NOTE("{\"id\": \"hello\", \"version\": \"1.0.0\", \"abi\": \"1.0\"}");

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  (void)config;
  *self = (void *)host;
  return host->log(host->ctx, HF_LOG_INFO, HF_STR("hello"));
}

static void destroy(void *self) { (void)self; }

static const hf_plugin_t plugin = {HF_PLUGIN_HEAD, .create = create, .destroy = destroy};

HF_EXPORT const hf_plugin_t *hf_plugin_main(const hf_host_t *host) {
  (void)host;
  return &plugin;
}
