/* Hands over messages of which one is as it should be. */
#include "fixture.h"

FIXTURE_NOTE("bad-messages", "\"channel\"", "", "instance");

static int32_t try(fixture_t *fixture, const char *name, hf_inbound_t message) {
  const hf_host_t *host = fixture->host;
  const hf_host_channel_t *channel = host->service(host->ctx, HF_STR(HF_HOST_CHANNEL_ID));
  int32_t status = channel->receive(host->ctx, &message);
  fixture_record(fixture, "%s %d", name, status);
  return status;
}

static int32_t start(void *self, const hf_head_t *head) {
  (void)head;
  static char large[2 << 20];
  memset(large, 'x', sizeof large);
  hf_inbound_t good = {.size = sizeof good, .chat_kind = HF_CHAT_DM, .token = 5};
  good.message_id = HF_STR("m1");
  good.chat = HF_STR("c1");
  good.text = HF_STR("hello");
  hf_inbound_t bad = good;
  bad.text = HF_STR("\xC3\x28");
  try(self, "bytes", bad);
  bad = good;
  bad.user_name = HF_STR("\xFF");
  try(self, "name", bad);
  bad = good;
  bad.text = (hf_str_t){large, sizeof large};
  try(self, "large", bad);
  bad = good;
  bad.title = (hf_str_t){large, 5000};
  try(self, "title", bad);
  bad = good;
  bad.message_id = HF_STR("");
  try(self, "id", bad);
  bad = good;
  bad.chat = HF_STR("");
  try(self, "chat", bad);
  bad = good;
  bad.chat_kind = 9;
  try(self, "kind", bad);
  bad = good;
  bad.text = (hf_str_t){0, 3};
  try(self, "null", bad);
  bad = good;
  bad.size = 8;
  try(self, "size", bad);
  good.text = (hf_str_t){large, 1 << 20};
  try(self, "good", good);
  return HF_OK;
}

static int32_t stop(void *self, const hf_head_t *head) {
  (void)head;
  hf_inbound_t message = {.size = sizeof message, .chat_kind = HF_CHAT_DM};
  message.message_id = message.chat = HF_STR("m2");
  try(self, "stopping", message);
  return HF_OK;
}

static int32_t deliver(void *self, const hf_send_t *part) {
  fixture_record(self, "send %.*s to %.*s key %.*s part %u/%u notice %u", TEXT(part->text),
                 TEXT(part->chat), TEXT(part->key), part->part, part->part_count, part->notice);
  return fixture_complete(self, part->head.op, HF_OK, "platform-7") == HF_OK ? HF_PENDING
                                                                             : HF_E_FAILED;
}

static void receipt(void *self, const hf_receipt_t *receipt) {
  fixture_record(self, "receipt %d token %llu message %.*s after %llu why %.*s", receipt->status,
                 (unsigned long long)receipt->token, TEXT(receipt->message_id),
                 (unsigned long long)receipt->retry_after_ms, TEXT(receipt->text));
}

static const hf_channel_t extension = {.size = sizeof extension,
                                       .unit = HF_UNIT_UTF16,
                                       .max_length = 4096,
                                       .start = start,
                                       .stop = stop,
                                       .send = deliver,
                                       .receipt = receipt};

FIXTURE_QUERY(HF_CHANNEL_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .query = query,
};

FIXTURE_ENTRY
