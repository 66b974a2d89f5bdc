/* Each macro for authors, as C99, C11 and C++17. Designated fields are C only. */
#include <holdfast/holdfast.h>

HF_PLUGIN_NOTE("{\"id\": \"macros\", \"version\": \"1.0.0\", \"abi\": \"1.0\"}");

static int32_t refuse(const hf_host_t *host, const hf_config_t *config, void **self) {
  (void)config;
  (void)self;
  host->explain(host->ctx, HF_STR("not today"));
  return HF_E_REFUSED;
}

static void destroy(void *self) { (void)self; }

#ifdef __cplusplus
static const hf_plugin_t *table() {
  static hf_plugin_t plugin = {};
  plugin.size = sizeof plugin;
  plugin.abi_major = HF_ABI_MAJOR;
  plugin.abi_minor = HF_ABI_MINOR;
  plugin.create = refuse;
  plugin.destroy = destroy;
  return &plugin;
}
#else
static const hf_plugin_t *table(void) {
  static const hf_plugin_t plugin = {HF_PLUGIN_HEAD, .create = refuse, .destroy = destroy};
  return &plugin;
}
#endif

HF_EXPORT const hf_plugin_t *hf_plugin_main(const hf_host_t *host) {
  return host->abi_major == HF_ABI_MAJOR ? table() : 0;
}
