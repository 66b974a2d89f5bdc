/* A name server that does not answer: whoever looks up HOLDFAST_NO_ANSWER waits for ever, and the
 * file HOLDFAST_FAULT_REPORT is there once somebody does. */
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int getaddrinfo(
  const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
  static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
  const char *silent = getenv("HOLDFAST_NO_ANSWER");
  if (name && silent && strcmp(name, silent) == 0) {
    const char *report = getenv("HOLDFAST_FAULT_REPORT");
    if (report) close(open(report, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    for (;;) pause();
  }
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
  return real(name, service, hints, result);
}
