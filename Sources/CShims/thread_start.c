#include "crash.h"
#include "thread_start.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { fault_stack_bytes = 64 * 1024 };

typedef struct {
  void (*body)(void *);
  void *context;
  char name[16];
} start_t;

static void *run(void *argument) {
  start_t start = *(start_t *)argument;
  free(argument);
  pthread_setname_np(pthread_self(), start.name);
  cshims_crash_own_thread();
  stack_t stack = {.ss_sp = malloc(fault_stack_bytes), .ss_size = fault_stack_bytes};
  if (stack.ss_sp) sigaltstack(&stack, NULL);
  start.body(start.context);
  stack_t none = {.ss_flags = SS_DISABLE};
  sigaltstack(&none, NULL);
  free(stack.ss_sp);
  return NULL;
}

int cshims_thread_start(
  unsigned long *thread, const char *name, size_t stack_bytes, void (*body)(void *),
  void *context) {
  start_t *start = malloc(sizeof *start);
  if (!start) return ENOMEM;
  start->body = body;
  start->context = context;
  snprintf(start->name, sizeof start->name, "%s", name);

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  sigset_t blocked, before;
  sigfillset(&blocked);
  const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&blocked, faults[i]);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  int status = pthread_create(thread, &attributes, run, start);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (status) free(start);
  return status;
}
