/* A channel on which many people talk at once: each says the next thing as soon as the last one is
 * answered. How many talk, and how many answers there are to be in all, is read when it starts. */
#include <stdio.h>

#include "bench.h"

HF_PLUGIN_NOTE("{\"id\":\"bench-channel\",\"version\":\"1.0.0\",\"abi\":\"1.0\","
               "\"kinds\":[\"channel\"],\"events\":[],\"concurrency\":\"instance\","
               "\"language\":\"C\",\"provides\":[\"" HF_CHANNEL_ID "\"]}");

/* 150 bytes, as in journal_floor.c. */
static char words[151];
static uint64_t said;

static void say(const hf_host_t *host, hf_str_t chat) {
  char id[32];
  int length = snprintf(id, sizeof id, "m%llu", (unsigned long long)++said);
  hf_inbound_t message = {
      .size = sizeof message,
      .chat_kind = HF_CHAT_DM,
      .account = HF_STR("bench"),
      .message_id = {id, (uint64_t)length},
      .chat = chat,
      .user = chat,
      .text = {words, sizeof words - 1},
      .mentioned = 1,
  };
  const hf_host_channel_t *channel = host->service(host->ctx, HF_STR(HF_HOST_CHANNEL_ID));
  if (channel->receive(host->ctx, &message) != HF_OK) abort();
}

static int32_t start(void *self, const hf_head_t *head) {
  (void)head;
  memset(words, 'x', sizeof words - 1);
  said = (uint64_t)time(NULL) << 24;
  atomic_store(&bench_shared->replies, 0);
  atomic_store(&bench_shared->began_ns, bench_now());
  for (uint64_t chat = 0; chat < atomic_load(&bench_shared->chats); chat++) {
    char name[24];
    int length = snprintf(name, sizeof name, "c%llu", (unsigned long long)chat);
    say(self, (hf_str_t){name, (uint64_t)length});
  }
  return HF_OK;
}

static int32_t stop(void *self, const hf_head_t *head) {
  (void)self;
  (void)head;
  return HF_OK;
}

static int32_t send(void *self, const hf_send_t *part) {
  uint64_t done = atomic_fetch_add(&bench_shared->replies, 1) + 1;
  uint64_t wanted = atomic_load(&bench_shared->wanted_turns);
  if (done == wanted) atomic_store(&bench_shared->ended_ns, bench_now());
  if (done + atomic_load(&bench_shared->chats) <= wanted) say(self, part->chat);
  return HF_OK;
}

static void receipt(void *self, const hf_receipt_t *receipt) {
  (void)self;
  if (receipt->status != HF_OK) abort();
}

static const hf_channel_t channel = {.size = sizeof channel,
                                     .unit = HF_UNIT_BYTES,
                                     .start = start,
                                     .stop = stop,
                                     .send = send,
                                     .receipt = receipt};

BENCH_PLUGIN(HF_CHANNEL_ID, channel)
