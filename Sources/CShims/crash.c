#include "crash.h"
#include "write_now.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__aarch64__)
#include <ucontext.h>
#endif

enum { EXIT_IN_PLUGIN = 70, LINE = 1024 };

static __thread struct {
  const char *instance;
  const char *call;
  const char *session;
  uint64_t session_length;
} crumb;

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
  char digits[2 + 2 * sizeof value];
  digits[0] = '0';
  digits[1] = 'x';
  for (size_t place = sizeof digits; place-- > 2; value >>= 4) {
    digits[place] = "0123456789abcdef"[value & 15];
  }
  add_bytes(line, digits, sizeof digits);
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

/* A log that nobody reads must not keep the host from ending. */
static void publish(line_t *line) {
  line->text[line->length] = '\n';
  cshims_write_now(STDERR_FILENO, (const uint8_t *)line->text, line->length + 1);
  int file = atomic_load(&record);
  write_all(file, "text=", 5);
  write_all(file, line->text, line->length + 1);
  if (file >= 0) fsync(file);
}

static uintptr_t program_counter(const void *context) {
#if defined(__x86_64__)
  return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
  return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.pc;
#else
  (void)context;
  return 0;
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

static void on_fatal(int number, siginfo_t *info, void *context) {
  line_t line = {0};
  record_call(name_of(number));
  add(&line, "holdfast: crash (");
  add(&line, name_of(number));
  add(&line, ") of ");
  if (crumb.instance) {
    add_call(&line);
  } else {
    add(&line, "the host or of a plugin's own thread");
  }
  uintptr_t counter = program_counter(context);
  add(&line, " at ");
  add_hexadecimal(&line, counter);
  Dl_info place;
  if (dladdr((void *)counter, &place) && place.dli_fname) {
    add(&line, " of ");
    add(&line, place.dli_fname);
    if (place.dli_sname) {
      add(&line, ", ");
      add(&line, place.dli_sname);
    }
  }
  publish(&line);
  /* With the former handler back in place the same instruction faults again, into it. A signal that
   * was sent, or that a breakpoint raised, does not repeat itself. */
  sigaction(number, &previous[number], NULL);
  if (info->si_code <= 0 || number == SIGTRAP) raise(number);
}

static void on_exit_in_plugin(void) {
  if (!crumb.instance) return;
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
