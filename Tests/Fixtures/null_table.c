/* Returns no table. */
#include "fixture.h"

FIXTURE_NOTE("null-table", "", "", "instance");

const hf_plugin_t *hf_plugin_main(const hf_host_t *host) {
  (void)host;
  return 0;
}
