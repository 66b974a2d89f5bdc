/* Stands for a machine on which a library is not installed: whatever has the text of
 * HOLDFAST_NO_LIBRARY in its name cannot be loaded. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

void *dlopen(const char *name, int flags) {
  static void *(*real)(const char *, int);
  const char *missing = getenv("HOLDFAST_NO_LIBRARY");
  if (name && missing && strstr(name, missing)) return NULL;
  if (!real) real = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
  return real(name, flags);
}
