/* Stays in its constructor, so that whoever loads it holds the loader's lock, until the test at the
 * other end of the pipe in HOLDFAST_GATE lets go. */
#include "fixture.h"

FIXTURE_NOTE("hangs-in-constructor", "", "", "instance");

__attribute__((constructor)) static void hang(void) {
  const char *gate = getenv("HOLDFAST_GATE");
  char byte;
  ssize_t got = 0;
  while (gate && got == 0) {
    int file = open(gate, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    while ((got = read(file, &byte, 1)) < 0 && errno == EINTR) continue;
    close(file);
  }
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD, .create = fixture_create, .destroy = fixture_destroy};

FIXTURE_ENTRY
