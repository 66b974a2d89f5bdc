/* Takes as long to start as the test at the other end of the pipe wants. */
#include "fixture.h"

FIXTURE_NOTE("slow-create", "", "", "instance");

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  int32_t status = fixture_create(host, config, self);
  fixture_wait(*self, "go");
  return status;
}

static const hf_plugin_t plugin = {HF_PLUGIN_HEAD, .create = create, .destroy = fixture_destroy};

FIXTURE_ENTRY
