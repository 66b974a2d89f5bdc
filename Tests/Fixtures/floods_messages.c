/* Hands over 5000 messages without waiting for a receipt. */
#include "fixture.h"

FIXTURE_NOTE("floods-messages", "\"channel\"", "", "instance");

static int32_t start(void *self, const hf_head_t *head) {
  (void)head;
  fixture_t *fixture = self;
  const hf_host_t *host = fixture->host;
  const hf_host_channel_t *channel = host->service(host->ctx, HF_STR(HF_HOST_CHANNEL_ID));
  int taken = 0, busy = 0;
  for (int message = 0; message < 5000; message++) {
    hf_inbound_t inbound = {.size = sizeof inbound, .chat_kind = HF_CHAT_GROUP};
    inbound.token = (uint64_t)message;
    inbound.message_id = inbound.chat = HF_STR("m");
    int32_t status = channel->receive(host->ctx, &inbound);
    taken += status == HF_OK;
    busy += status == HF_E_BUSY;
  }
  fixture_record(fixture, "taken %d busy %d", taken, busy);
  channel->health(host->ctx, HF_STR("main"), HF_HEALTH_CONNECTED, HF_STR("fine"));
  return HF_OK;
}

static int32_t stop(void *self, const hf_head_t *head) {
  (void)self;
  (void)head;
  return HF_OK;
}

static int32_t deliver(void *self, const hf_send_t *part) {
  (void)self;
  (void)part;
  return HF_OK;
}

static void receipt(void *self, const hf_receipt_t *receipt) {
  (void)self;
  (void)receipt;
}

static const hf_channel_t extension = {
    .size = sizeof extension, .start = start, .stop = stop, .send = deliver, .receipt = receipt};

FIXTURE_QUERY(HF_CHANNEL_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .query = query,
};

FIXTURE_ENTRY
