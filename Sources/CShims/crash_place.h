/* Where an address lies. Told by the kernel and not by the loader, whose lock another thread may
 * hold for as long as it likes. For signal handlers: nothing here allocates or locks. */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct place_library place_library_t;

typedef struct place {
  /* What is mapped there; empty for nothing. */
  char file[512];
  /* How far behind its beginning in memory. */
  uintptr_t offset;
  /* Of the plugin whose code it is, or whose code waits for it nearest on the stack. */
  const place_library_t *library;
} place_t;

/* Finds what is mapped at `counter`. If that is no plugin's and `stack` is not 0, the words from
 * there on say whose code had called it. */
void place_find(uintptr_t counter, uintptr_t stack, place_t *place);

/* The instances of a library, one after the other, beginning with NULL; NULL after the last. */
const char *place_instance(const place_library_t *library, const place_library_t **next);
