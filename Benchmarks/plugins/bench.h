/* What the benchmark's plugins share with the program that runs the benchmark: a file of numbers
 * that both have mapped. Its path is in HOLDFAST_BENCH_SHARED. */
#pragma once
#include <fcntl.h>
#include <holdfast/holdfast.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { BENCH_SAMPLES = 1 << 16 };

/* 64 bits each; SharedCounters.swift knows their order. */
typedef struct bench_shared {
  _Atomic uint64_t retained_turns, retained_batches, retained_bytes;
  _Atomic uint64_t events, samples;
  _Atomic uint64_t began_ns, ended_ns;     /* of the channel's conversations */
  _Atomic uint64_t replies;                /* that the channel has delivered */
  _Atomic uint64_t wanted_turns, chats;    /* what the channel is to do */
  _Atomic uint64_t hangs;                  /* 1: retain never returns */
  uint64_t reserved[5];
  uint64_t sample_ns[BENCH_SAMPLES]; /* twice, and one more on the core of the commit */
} bench_shared_t;

static bench_shared_t *bench_shared;

static inline int bench_open(void) {
  const char *path = getenv("HOLDFAST_BENCH_SHARED");
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return 0;
  void *memory = mmap(NULL, sizeof *bench_shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory == MAP_FAILED) return 0;
  bench_shared = memory;
  return 1;
}

static inline uint64_t bench_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline int bench_is(hf_str_t text, const char *other) {
  return text.len == strlen(other) && memcmp(text.ptr, other, text.len) == 0;
}

static inline int32_t bench_create(const hf_host_t *host, const hf_config_t *config, void **self) {
  (void)config;
  *self = (void *)host;
  return bench_open() ? HF_OK : HF_E_FAILED;
}

static inline void bench_destroy(void *self) { (void)self; }

/* A plugin that offers one extension, with no events. */
#define BENCH_PLUGIN(ID, TABLE)                                     \
  static const void *query(void *self, hf_str_t id) {               \
    (void)self;                                                     \
    return bench_is(id, ID) ? (const void *)&TABLE : NULL;          \
  }                                                                 \
  static const hf_plugin_t plugin = {                               \
      HF_PLUGIN_HEAD,                                               \
      .create = bench_create,                                       \
      .destroy = bench_destroy,                                     \
      .query = query,                                               \
  };                                                                \
  BENCH_ENTRY

/* A model that answers at once with what ANSWER makes of a request. */
#define BENCH_MODEL(ANSWER)                                                                   \
  static int32_t respond(void *self, const hf_model_request_t *request) {                     \
    const hf_host_t *host = self;                                                             \
    const hf_host_model_t *model = host->service(host->ctx, HF_STR(HF_HOST_MODEL_ID));        \
    return model->text(host->ctx, request->head.op, ANSWER(request));                         \
  }                                                                                           \
  static const hf_model_t model = {.size = sizeof model, .respond = respond};                 \
  BENCH_PLUGIN(HF_MODEL_ID, model)

#define BENCH_ENTRY                                          \
  const hf_plugin_t *hf_plugin_main(const hf_host_t *host) { \
    (void)host;                                              \
    return &plugin;                                          \
  }
