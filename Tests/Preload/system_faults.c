/* Lets one kind of system call go wrong in the process that this is loaded into, in the place of a
 * disk that does. It stands before the C library, so the program under test is the one that is
 * shipped.
 *
 *   HOLDFAST_FAULT=call:what:from:count[:path[:while]]
 *
 * `call` is write, pwrite64, fdatasync, ftruncate64, open64 or mmap64 (fsync and names without 64
 * count as the same, but for open and mmap); only files whose path contains `path` are meant. What
 * happens from the `from`-th such call on (1: the first), `count` times (0: for ever), and only
 * while the file `while` exists:
 *
 *   EIO ENOSPC EROFS ENOMEM   the call fails so
 *   hang                      the call waits while the file `while` exists, without one for ever
 *   short                     half of the bytes are written, and the caller is told how many
 *   kill                      the process ends by SIGKILL instead of the call
 *   half                      the process ends after half of the bytes
 *   after                     the process ends after the call
 *
 * The first time, a line with call and file is appended to the file HOLDFAST_FAULT_REPORT. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef enum { NOTHING, FAIL, HANG, SHORT, KILL, HALF, AFTER } action_t;

static struct {
  char call[16], path[128], until[256];
  action_t action;
  int error;
  long from, count;
} plan;

static _Atomic long seen;
static _Atomic int is_reported;

static void understand(const char *what) {
  static const struct {
    const char *name;
    int error;
  } errors[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EROFS", EROFS}, {"ENOMEM", ENOMEM}};
  static const char *actions[] = {"", "", "hang", "short", "kill", "half", "after"};
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
    if (strcmp(what, errors[i].name) == 0) plan.action = FAIL, plan.error = errors[i].error;
  for (size_t i = HANG; i < sizeof actions / sizeof *actions; i++)
    if (strcmp(what, actions[i]) == 0) plan.action = (action_t)i;
}

__attribute__((constructor)) static void read_plan(void) {
  const char *text = getenv("HOLDFAST_FAULT");
  char *rest = text ? strdup(text) : NULL, *whole = rest;
  const char *field[6] = {"", "", "1", "0", "", ""};
  for (int i = 0; i < 6 && rest; i++) field[i] = strsep(&rest, ":");
  snprintf(plan.call, sizeof plan.call, "%s", field[0]);
  snprintf(plan.path, sizeof plan.path, "%s", field[4]);
  snprintf(plan.until, sizeof plan.until, "%s", field[5]);
  plan.from = atol(field[2]);
  plan.count = atol(field[3]);
  understand(field[1]);
  free(whole);
}

static void report(const char *call, const char *path) {
  const char *file = getenv("HOLDFAST_FAULT_REPORT");
  if (!file || atomic_exchange(&is_reported, 1)) return;
  char line[512];
  int length = snprintf(line, sizeof line, "%s %s\n", call, path);
  int out = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (out < 0) return;
  if (write(out, line, (size_t)length) != length) _exit(99);
  close(out);
}

/* What is to happen to this call. */
static action_t judge(const char *call, const char *path) {
  if (strcmp(call, plan.call) != 0 || !strstr(path, plan.path)) return NOTHING;
  if (plan.until[0] && access(plan.until, F_OK) != 0) return NOTHING;
  long number = atomic_fetch_add(&seen, 1) + 1;
  if (number < plan.from || (plan.count > 0 && number >= plan.from + plan.count)) return NOTHING;
  report(call, path);
  return plan.action;
}

static action_t judge_file(const char *call, int file) {
  char link[64], path[512];
  if (plan.action == NOTHING || strcmp(call, plan.call) != 0) return NOTHING;
  int number = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length < 0 ? 0 : length] = 0;
  action_t action = judge(call, path);
  errno = number;
  return action;
}

static void end_here(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static int refuse(void) {
  errno = plan.error;
  return -1;
}

/* Before a call that is done or not done; nonzero if it has failed. */
static int meddle(action_t action) {
  if (action == KILL || action == HALF) end_here();
  while (action == HANG && (!plan.until[0] || access(plan.until, F_OK) == 0)) poll(NULL, 0, 2);
  return action == FAIL ? refuse() : 0;
}

static ssize_t put(int file, const void *bytes, size_t count, off64_t offset) {
  return syscall(SYS_pwrite64, file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  action_t action = judge_file("pwrite64", file);
  size_t half = count / 2;
  if (action == HALF) put(file, bytes, half, offset);
  if (meddle(action)) return -1;
  ssize_t done = put(file, bytes, action == SHORT && half > 0 ? half : count, offset);
  if (action == AFTER) end_here();
  return done;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  return pwrite64(file, bytes, count, offset);
}

ssize_t write(int file, const void *bytes, size_t count) {
  action_t action = judge_file("write", file);
  size_t half = count / 2;
  if (action == HALF) syscall(SYS_write, file, bytes, half);
  if (meddle(action)) return -1;
  ssize_t done = syscall(SYS_write, file, bytes, action == SHORT && half > 0 ? half : count);
  if (action == AFTER) end_here();
  return done;
}

int fdatasync(int file) {
  action_t action = judge_file("fdatasync", file);
  if (meddle(action)) return -1;
  int status = (int)syscall(SYS_fdatasync, file);
  if (action == AFTER) end_here();
  return status;
}

int fsync(int file) {
  action_t action = judge_file("fdatasync", file);
  if (meddle(action)) return -1;
  int status = (int)syscall(SYS_fsync, file);
  if (action == AFTER) end_here();
  return status;
}

int ftruncate64(int file, off64_t size) {
  action_t action = judge_file("ftruncate64", file);
  if (meddle(action)) return -1;
  int status = (int)syscall(SYS_ftruncate, file, size);
  if (action == AFTER) end_here();
  return status;
}

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  action_t action = judge("open64", path);
  if (meddle(action)) return -1;
  int file = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  if (action == AFTER) end_here();
  return file;
}

void *mmap64(void *at, size_t size, int protection, int flags, int file, off64_t offset) {
  action_t action = file < 0 ? NOTHING : judge_file("mmap64", file);
  if (meddle(action)) return MAP_FAILED;
  return (void *)syscall(SYS_mmap, at, size, protection, flags, file, offset);
}
