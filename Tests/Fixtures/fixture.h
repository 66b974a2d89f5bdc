/* What the test plugins share: an instance that writes down what happens to it. */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <holdfast/holdfast.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIXTURE_NOTE(id, kinds, events, concurrency)                          \
  HF_PLUGIN_NOTE("{\"id\":\"" id "\",\"version\":\"1.0.0\",\"abi\":\"1.0\"," \
                 "\"kinds\":[" kinds "],\"events\":[" events "],"             \
                 "\"concurrency\":\"" concurrency "\",\"language\":\"C\"}")

/* For printf: "%.*s". */
#define TEXT(text) (int)(text).len, (text).ptr ? (text).ptr : ""

typedef struct fixture {
  const hf_host_t *host;
  hf_op_t kept; /* an operation to be answered later */
  char folder[1024];
} fixture_t;

static inline void fixture_path(const fixture_t *fixture, const char *name, char path[2048]) {
  snprintf(path, 2048, "%s/%s", fixture->folder, name);
}

/* Appends a line to calls.log in the instance's own folder. */
__attribute__((format(printf, 2, 3))) static inline void fixture_record(const fixture_t *fixture,
                                                                        const char *format, ...) {
  char path[2048], line[4096];
  fixture_path(fixture, "calls.log", path);
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line - 1, format, arguments);
  va_end(arguments);
  if (length > (int)sizeof line - 2) length = (int)sizeof line - 2;
  line[length] = '\n';
  int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0 || write(file, line, (size_t)length + 1) < 0) abort();
  close(file);
}

/* Blocks until a test writes to the pipe of that name in the instance's folder. A pipe that was
   only closed is the former writer's, which had not got so far yet. */
static inline void fixture_wait(const fixture_t *fixture, const char *name) {
  char path[2048], byte;
  fixture_path(fixture, name, path);
  ssize_t got = 0;
  while (got == 0) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    while ((got = read(file, &byte, 1)) < 0 && errno == EINTR) continue;
    close(file);
  }
}

static inline int fixture_is(hf_str_t text, const char *other) {
  return text.len == strlen(other) && memcmp(text.ptr, other, text.len) == 0;
}

static inline int32_t fixture_create(const hf_host_t *host, const hf_config_t *config,
                                     void **self) {
  fixture_t *fixture = calloc(1, sizeof *fixture);
  fixture->host = host;
  snprintf(fixture->folder, sizeof fixture->folder, "%.*s", TEXT(config->state_dir));
  *self = fixture;
  return HF_OK;
}

static inline void fixture_destroy(void *self) {
  fixture_record(self, "destroy");
  free(self);
}

static inline int32_t fixture_complete(const fixture_t *fixture, hf_op_t op, int32_t status,
                                       const char *text) {
  return fixture->host->complete(fixture->host->ctx, op, status, (hf_str_t){text, strlen(text)});
}

/* The entry of a fixture, whose table is called plugin. */
#define FIXTURE_ENTRY                                        \
  const hf_plugin_t *hf_plugin_main(const hf_host_t *host) { \
    (void)host;                                              \
    return &plugin;                                          \
  }

/* The query of a fixture with one extension, whose table is called extension. */
#define FIXTURE_QUERY(extension_id)                        \
  static const void *query(void *self, hf_str_t id) {      \
    (void)self;                                            \
    return fixture_is(id, extension_id) ? &extension : 0; \
  }
