#include "chindsight.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>

int chindsight_thread_start(pthread_t *thread, const char *name, void *(*body)(void *),
                            void *context) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int code = pthread_create(thread, NULL, body, context);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  char shortened[16];
  snprintf(shortened, sizeof shortened, "%s", name);
  if (code == 0) pthread_setname_np(*thread, shortened);
  return code;
}
