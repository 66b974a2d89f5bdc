/* A library that a plugin needs, and that says where it was loaded from. */
#define _GNU_SOURCE
#include <dlfcn.h>

const char *companion_place(void);

const char *companion_place(void) {
  Dl_info place;
  return dladdr((void *)companion_place, &place) ? place.dli_fname : "nowhere";
}
