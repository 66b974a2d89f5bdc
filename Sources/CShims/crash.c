#include "crash.h"
#include "crash_place.h"
#include "flight.h"
#include "write_now.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__aarch64__)
#include <ucontext.h>
#endif

enum { EXIT_IN_PLUGIN = 70, LINE = 1024, SECONDS = 1 };

static __thread struct {
  const char *instance;
  const char *call;
  const char *session;
  uint64_t session_length;
} crumb;

static __thread int is_host_thread;
static atomic_int record = -1;
static struct sigaction previous[NSIG];

void cshims_breadcrumb_set(const char *instance, const char *call, const char *session,
                       uint64_t session_length) {
  crumb.call = call;
  crumb.session = session;
  crumb.session_length = session_length;
  crumb.instance = instance;
}

void cshims_breadcrumb_clear(void) { crumb.instance = NULL; }

void cshims_crash_own_thread(void) { is_host_thread = 1; }

/* A disk that hangs must not keep a process that is lost, and with it the locks of the state. */
static void limit_time(void) {
  sigset_t only;
  signal(SIGALRM, SIG_DFL);
  sigemptyset(&only);
  sigaddset(&only, SIGALRM);
  alarm(SECONDS);
  pthread_sigmask(SIG_UNBLOCK, &only, NULL);
}

/* One line, built on the stack: a handler may neither allocate nor lock. */
typedef struct line {
  size_t length;
  char text[LINE];
} line_t;

static void add_bytes(line_t *line, const char *text, size_t length) {
  if (length == 0) return;
  size_t room = sizeof line->text - 1 - line->length;
  if (length > room) length = room;
  memcpy(line->text + line->length, text, length);
  line->length += length;
}

static void add(line_t *line, const char *text) { add_bytes(line, text, strlen(text)); }

static void add_hexadecimal(line_t *line, uintptr_t value) {
  char digits[2 * sizeof value];
  size_t place = sizeof digits;
  do digits[--place] = "0123456789abcdef"[value & 15];
  while ((value >>= 4) > 0);
  add(line, "0x");
  add_bytes(line, digits + place, sizeof digits - place);
}

static void add_decimal(line_t *line, uint64_t value) {
  char digits[20];
  size_t place = sizeof digits;
  do digits[--place] = (char)('0' + value % 10);
  while ((value /= 10) > 0);
  add_bytes(line, digits + place, sizeof digits - place);
}

static void add_call(line_t *line) {
  add(line, "plugin ");
  add(line, crumb.instance);
  add(line, " in its call ");
  add(line, crumb.call);
  if (crumb.session_length > 0) {
    add(line, " for session ");
    add_bytes(line, crumb.session, crumb.session_length);
  }
}

static void write_all(int file, const char *text, size_t length) {
  while (file >= 0 && length > 0) {
    ssize_t written = write(file, text, length);
    if (written <= 0) return;
    text += written;
    length -= (size_t)written;
  }
}

/* The record's part that is known at once: what follows may fail in its turn. */
static void record_call(const char *kind) {
  line_t line = {0};
  struct timespec now = {0};
  clock_gettime(CLOCK_REALTIME, &now);
  add(&line, "time=");
  add_decimal(&line, (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
  add(&line, "\nkind=");
  add(&line, kind);
  if (crumb.instance) {
    add(&line, "\nplugin=");
    add(&line, crumb.instance);
    add(&line, "\ncall=");
    add(&line, crumb.call);
    add(&line, "\nsession=");
    add_bytes(&line, crumb.session, crumb.session_length);
  }
  add(&line, "\n");
  write_all(atomic_load(&record), line.text, line.length);
}

/* The instances of a library, of which any may be the one. */
static void add_instances(line_t *line, const place_library_t *library) {
  const place_library_t *each = NULL;
  const char *separator = "";
  for (const char *name; (name = place_instance(library, &each)); separator = " or ") {
    add(line, separator);
    add(line, name);
  }
}

static void record_library(const place_library_t *library) {
  line_t line = {0};
  add(&line, "plugin=");
  add_instances(&line, library);
  add(&line, "\n");
  write_all(atomic_load(&record), line.text, line.length);
}

/* A log that nobody reads must not keep the host from ending. */
static void publish(line_t *line) {
  line->text[line->length] = '\n';
  int file = atomic_load(&record);
  write_all(file, "text=", 5);
  write_all(file, line->text, line->length + 1);
  cshims_write_now(STDERR_FILENO, (const uint8_t *)line->text, line->length + 1);
  cshims_flight_write_out_at_crash();
  if (file >= 0) fsync(file);
}

/* Where the thread was, and where its stack ends. */
static void registers(const void *context, uintptr_t *counter, uintptr_t *stack) {
  *counter = *stack = 0;
#if defined(__x86_64__)
  const greg_t *all = ((const ucontext_t *)context)->uc_mcontext.gregs;
  *counter = (uintptr_t)all[REG_RIP];
  *stack = (uintptr_t)all[REG_RSP];
#elif defined(__aarch64__)
  *counter = (uintptr_t)((const ucontext_t *)context)->uc_mcontext.pc;
  *stack = (uintptr_t)((const ucontext_t *)context)->uc_mcontext.sp;
#else
  (void)context;
#endif
}

static const char *name_of(int signal_number) {
  switch (signal_number) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGILL: return "SIGILL";
    case SIGFPE: return "SIGFPE";
    case SIGABRT: return "SIGABRT";
    case SIGTRAP: return "SIGTRAP";
    default: return "signal";
  }
}

static void add_blame(line_t *line, const place_library_t *library) {
  if (crumb.instance) return add_call(line);
  if (!library) return add(line, "the host or of a plugin's own thread");
  add(line, "plugin ");
  add_instances(line, library);
  add(line, " in a thread of its own");
}

static void on_fatal(int number, siginfo_t *info, void *context) {
  limit_time();
  line_t line = {0};
  record_call(name_of(number));
  uintptr_t counter, stack;
  place_t place;
  registers(context, &counter, &stack);
  /* What was sent from outside, or happens to the host itself, is no plugin's doing. */
  int is_own = crumb.instance || is_host_thread || info->si_code == SI_USER;
  place_find(counter, is_own ? 0 : stack, &place);
  if (!crumb.instance && place.library) record_library(place.library);
  add(&line, "holdfast: crash (");
  add(&line, name_of(number));
  add(&line, ") of ");
  add_blame(&line, place.library);
  add(&line, " at ");
  add_hexadecimal(&line, counter);
  if (place.file[0]) {
    add(&line, " of ");
    add(&line, place.file);
    add(&line, "+");
    add_hexadecimal(&line, place.offset);
  }
  publish(&line);
  /* With the former handler back in place the same instruction faults again, into it. A signal that
   * was sent, or that a breakpoint raised, does not repeat itself. */
  sigaction(number, &previous[number], NULL);
  /* Whoever wants more than the end takes the time that it takes. */
  if (previous[number].sa_handler != SIG_DFL) alarm(0);
  if (info->si_code <= 0 || number == SIGTRAP) raise(number);
}

static void on_exit_in_plugin(void) {
  if (!crumb.instance) return;
  limit_time();
  line_t line = {0};
  record_call("exit");
  add(&line, "holdfast: exit() was called by ");
  add_call(&line);
  add(&line, "; a plugin must return a failure instead");
  publish(&line);
  _exit(EXIT_IN_PLUGIN);
}

void cshims_crash_record_set(int file) { atomic_store(&record, file); }

void cshims_crash_record_end(int file) {
  int expected = file;
  if (file < 0) return;
  atomic_compare_exchange_strong(&record, &expected, -1);
  close(file);
}

/* Swift's own report, unless somebody wants it: it would keep the process, and with it the lock of
 * the state, for seconds while it looks up names, and write to a log that perhaps nobody reads. */
static int is_unwanted(const struct sigaction *handler) {
  Dl_info place;
  if (getenv("SWIFT_BACKTRACE") || !(handler->sa_flags & SA_SIGINFO)) return 0;
  if (!dladdr((void *)handler->sa_sigaction, &place) || !place.dli_fname) return 0;
  return strstr(place.dli_fname, "libswiftCore") != NULL;
}

void cshims_crash_handlers_install(int file) {
  static atomic_flag installed = ATOMIC_FLAG_INIT;
  if (gettid() == getpid()) cshims_crash_own_thread();
  cshims_crash_record_set(file);
  if (atomic_flag_test_and_set(&installed)) return;
  static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
  for (size_t index = 0; index < sizeof fatal / sizeof *fatal; index++) {
    struct sigaction action = {.sa_sigaction = on_fatal};
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigaction(fatal[index], &action, &previous[fatal[index]]);
    if (is_unwanted(&previous[fatal[index]]))
      previous[fatal[index]] = (struct sigaction){.sa_handler = SIG_DFL};
  }
  atexit(on_exit_in_plugin);
}
