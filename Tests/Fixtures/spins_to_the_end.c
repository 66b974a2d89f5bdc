/* Looks in an event at memory that its library's destructor frees, and never returns. */
#include "fixture.h"

#include <sys/mman.h>

FIXTURE_NOTE("spins-to-the-end", "", "\"turn.completed\"", "instance");

enum { SIZE = 4096 };
static volatile char *memory;

__attribute__((constructor)) static void begin(void) {
  memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

__attribute__((destructor)) static void end(void) {
  munmap((void *)(uintptr_t)memory, SIZE);
  /* Whoever still works with it finds out, which ends the process. */
  for (;;) pause();
}

static int32_t event(void *self, const hf_event_t *event) {
  (void)event;
  fixture_record(self, "event");
  while (memory[0] == 0) continue;
  return HF_OK;
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .events = HF_EVENT_TURN_COMPLETED,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .event = event,
};

FIXTURE_ENTRY
