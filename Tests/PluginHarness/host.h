/* A host as small as a plugin can be loaded in, that writes down what the plugin does. */
#ifndef HARNESS_HOST_H
#define HARNESS_HOST_H

#include <holdfast/holdfast.h>
#include <pthread.h>
#include <stddef.h>

enum { ITEMS = 64, RECEIVED = 256, TEXT = 4096 };

typedef struct received {
  uint64_t token;
  uint64_t length; /* of the text; more than `text` may hold */
  char id[300], chat[300], user[300], text[TEXT];
} received_t;

typedef struct item {
  double score;
  int64_t time_ms;
  uint64_t turn;
  char session[64], scope[64], text[TEXT];
} item_t;

typedef struct test_host {
  hf_host_t table;
  pthread_mutex_t lock; /* of all below; the console calls from a thread of its own */
  pthread_cond_t changed;
  int32_t receive_status; /* what receive answers to a message that is in order */
  int32_t piece_status;   /* what the model's text answers */
  received_t received[RECEIVED];
  int received_count, received_read;
  item_t items[ITEMS];
  int item_count;
  char answer[1 << 16];
  size_t answer_length;
  int pieces, split_pieces; /* pieces of the answer; those that begin inside a character */
  char explained[TEXT];
  hf_op_t completed;
  int32_t completed_status;
  int completions;
  uint32_t health;
} test_host_t;

typedef struct instance {
  const hf_plugin_t *plugin;
  void *self;
  const void *extension;
  int32_t status; /* of create */
} instance_t;

void test_host_start(test_host_t *host);
void test_host_forget(test_host_t *host);

/* Loads the library as a host does; ends the program if that fails. */
const hf_plugin_t *load(const char *path, test_host_t *host);

/* One instance with at most one setting; key may be null. */
typedef struct settings {
  const char *instance, *folder, *key, *value, *extension;
} settings_t;
instance_t open_instance(const hf_plugin_t *plugin, test_host_t *host, settings_t settings);
void close_instance(instance_t *instance);

/* The next message that the plugin handed over, waited for; null after ten seconds. */
const received_t *next_received(test_host_t *host);

/* The status that op was completed with last of all, waited for; HF_PENDING after ten seconds. */
int32_t completion(test_host_t *host, hf_op_t op);

hf_str_t str(const char *text);

/* Says "ok" or "not ok" and counts. */
void check(int good, const char *format, ...) __attribute__((format(printf, 2, 3)));

void check_console(const char *folder, const char *plugins);
void check_recall_model(const char *folder, const char *plugins);
void check_sqlite_memory(const char *folder, const char *plugins);
void measure_sqlite_memory(const char *folder, const char *plugins);
void check_file_memory(const char *folder, const char *plugins);
void measure_file_memory(const char *folder, const char *plugins);

#endif
