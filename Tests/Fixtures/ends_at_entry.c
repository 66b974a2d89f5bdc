/* Ends the whole process before it has said what it is. */
#include "fixture.h"

FIXTURE_NOTE("ends-at-entry", "", "", "instance");

const hf_plugin_t *hf_plugin_main(const hf_host_t *host) {
  (void)host;
  exit(3);
}
