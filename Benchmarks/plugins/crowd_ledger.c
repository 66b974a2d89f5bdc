/* A memory provider that writes a line for each turn it is given into `ledger` of its own folder:
 * session, index, whether the batch was sent before, and what the person said. With the setting
 * `hangs` it never comes back from its first batch. */
#include "bench.h"

#include <stdio.h>

HF_PLUGIN_NOTE("{\"id\":\"crowd-ledger\",\"version\":\"1.0.0\",\"abi\":\"1.0\","
               "\"kinds\":[\"memory\"],\"events\":[],\"concurrency\":\"instance\","
               "\"language\":\"C\",\"config\":{\"hangs\":{\"type\":\"boolean\",\"help\":\"Whether"
               " it never comes back\"}}}");

enum { LINE = 512, BUFFER = 1 << 16 };

typedef struct ledger {
  int file;
  int hangs;
  size_t length;
  char buffer[BUFFER];
} ledger_t;

static int put_out(ledger_t *ledger) {
  size_t length = ledger->length;
  ledger->length = 0;
  return write(ledger->file, ledger->buffer, length) == (ssize_t)length;
}

static int32_t retain(void *self, const hf_retain_t *batch) {
  ledger_t *ledger = self;
  while (ledger->hangs) pause();
  for (uint64_t place = 0; place < batch->turn_count; place++) {
    const hf_turn_t *turn = &batch->turns[place];
    hf_str_t said = turn->messages[0].text, session = batch->head.session_id;
    char line[LINE];
    int length = snprintf(line, sizeof line, "%.*s\t%llu\t%u\t%.*s\n", (int)session.len,
                          session.ptr, (unsigned long long)turn->index, batch->repeated,
                          said.len < 200 ? (int)said.len : 200, said.ptr);
    if (length <= 0 || length >= LINE) return HF_E_REFUSED;
    if (ledger->length + (size_t)length > BUFFER && !put_out(ledger)) return HF_E_UNKNOWN;
    memcpy(ledger->buffer + ledger->length, line, (size_t)length);
    ledger->length += (size_t)length;
  }
  return put_out(ledger) ? HF_OK : HF_E_UNKNOWN;
}

static int32_t recall(void *self, const hf_recall_t *request) {
  (void)self;
  (void)request;
  return HF_OK;
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  (void)host;
  ledger_t *ledger = calloc(1, sizeof *ledger);
  char path[4096];
  snprintf(path, sizeof path, "%.*s/ledger", (int)config->state_dir.len, config->state_dir.ptr);
  if (!ledger) return HF_E_FAILED;
  ledger->file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  for (uint64_t place = 0; place < config->pair_count; place++) {
    const hf_pair_t *pair = &config->pairs[place];
    if (bench_is(pair->key, "hangs")) ledger->hangs = bench_is(pair->value, "true");
  }
  *self = ledger;
  return ledger->file >= 0 ? HF_OK : HF_E_FAILED;
}

static void destroy(void *self) {
  ledger_t *ledger = self;
  close(ledger->file);
  free(ledger);
}

static const hf_memory_t memory = {.size = sizeof memory, .retain = retain, .recall = recall};

static const void *query(void *self, hf_str_t id) {
  (void)self;
  return bench_is(id, HF_MEMORY_ID) ? &memory : NULL;
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD, .create = create, .destroy = destroy, .query = query};

BENCH_ENTRY
