/* What every memory provider is tried with. */
#ifndef HARNESS_MEMORY_BENCH_H
#define HARNESS_MEMORY_BENCH_H

#include "host.h"

enum { BATCH = 100 };

typedef struct bench {
  test_host_t host;
  const hf_plugin_t *plugin;
  instance_t instance;
  const hf_memory_t *memory;
  const char *folder;
} bench_t;

/* Whose turns they are, and the first one's number. */
typedef struct place {
  const char *scope, *session;
  uint64_t first;
} place_t;

/* Loads the plugin's file and makes its first instance. */
void bench_start(bench_t *bench, const char *folder, const char *plugins, const char *file);

/* Ends the instance and makes another one; path may be null. */
void reopen(bench_t *bench, const char *path);

hf_head_t head_of(place_t place);

/* Turns given as pairs of what the person and the agent said. */
int32_t retain(bench_t *bench, const char *key, place_t place, const char *const *texts, int count);
int32_t withdraw(bench_t *bench, const char *key, place_t place);

/* How many are found, by somebody in another session. */
int recall(bench_t *bench, const char *scope, const char *query);

/* A cat called Miso, noted. */
extern const char *const cat[2];

void check_storing(bench_t *bench);
void check_withdrawing(bench_t *bench);
void check_restarting(bench_t *bench);
void check_side_by_side(bench_t *bench);

double seconds(void);

#endif
