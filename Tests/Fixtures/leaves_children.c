/* Leaves two children behind, one that never execs and one that does, and writes down who. */
#include "fixture.h"
#include <spawn.h>

FIXTURE_NOTE("leaves-children", "", "", "instance");

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  fixture_create(host, config, self);
  pid_t forked = fork();
  if (forked == 0)
    for (;;) pause();
  pid_t spawned = -1;
  char *const words[] = {"sleep", "infinity", NULL};
  if (posix_spawnp(&spawned, "sleep", NULL, NULL, words, NULL) != 0) return HF_E_FAILED;
  fixture_record(*self, "%d %d", (int)forked, (int)spawned);
  return HF_OK;
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = create,
    .destroy = fixture_destroy,
};

FIXTURE_ENTRY
