/* A memory provider that reads every byte of its batches, counts them, and stores nothing: what is
 * measured is the way to it. Told to hang, it stays in its first batch for ever. */
#include "bench.h"

HF_PLUGIN_NOTE("{\"id\":\"bench-memory\",\"version\":\"1.0.0\",\"abi\":\"1.0\","
               "\"kinds\":[\"memory\"],\"events\":[],\"concurrency\":\"instance\","
               "\"language\":\"C\"}");

static uint64_t sum(hf_str_t text) {
  uint64_t total = 0;
  for (uint64_t place = 0; place < text.len; place++) total += (unsigned char)text.ptr[place];
  return total;
}

static int32_t retain(void *self, const hf_retain_t *batch) {
  (void)self;
  while (atomic_load(&bench_shared->hangs)) pause();
  uint64_t bytes = 0;
  volatile uint64_t seen = 0;
  for (uint64_t turn = 0; turn < batch->turn_count; turn++) {
    for (uint64_t place = 0; place < batch->turns[turn].message_count; place++) {
      hf_str_t text = batch->turns[turn].messages[place].text;
      seen += sum(text);
      bytes += text.len;
    }
  }
  atomic_fetch_add(&bench_shared->retained_bytes, bytes);
  atomic_fetch_add(&bench_shared->retained_batches, 1);
  atomic_fetch_add(&bench_shared->retained_turns, batch->turn_count);
  return HF_OK;
}

static int32_t withdraw(void *self, const hf_withdraw_t *request) {
  (void)self;
  (void)request;
  return HF_OK;
}

static const hf_memory_t memory = {.size = sizeof memory, .retain = retain, .withdraw = withdraw};

BENCH_PLUGIN(HF_MEMORY_ID, memory)
