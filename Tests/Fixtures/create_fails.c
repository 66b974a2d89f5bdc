/* Cannot start, and says why. */
#include "fixture.h"

FIXTURE_NOTE("create-fails", "", "", "instance");

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  (void)config;
  (void)self;
  host->explain(host->ctx, HF_STR("the database is locked"));
  return HF_E_FAILED;
}

static const hf_plugin_t plugin = {HF_PLUGIN_HEAD, .create = create, .destroy = fixture_destroy};

FIXTURE_ENTRY
