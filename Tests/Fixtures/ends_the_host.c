/* A channel, a model and a memory provider in one that ends the whole process in the call that the
 * setting `in` names: with a wild write, or with `how` = "exit" by exit(). As a channel it brings
 * one message with it, so that every call comes without a person. */
#include "fixture.h"

HF_PLUGIN_NOTE(
    "{\"id\":\"ends-the-host\",\"version\":\"1.0.0\",\"abi\":\"1.0\","
    "\"kinds\":[\"memory\",\"channel\",\"model\"],\"events\":[\"turn.completed\"],"
    "\"concurrency\":\"instance\",\"language\":\"C\","
    "\"config\":{\"in\":{\"type\":\"string\"},\"how\":{\"type\":\"string\"}}}");

typedef struct ender {
  fixture_t fixture; /* first, so that the functions for fixtures work on an ender too */
  char in[32], how[32];
} ender_t;

static int is_in(const void *self, const char *call) {
  return strcmp(((const ender_t *)self)->in, call) == 0;
}

static void pass(const void *self, const char *call) {
  const ender_t *ender = self;
  if (!is_in(self, call)) return;
  if (strcmp(ender->how, "exit") == 0) exit(3);
  int *volatile nowhere = (int *)16;
  *nowhere = 1;
}

static void say(void *self, hf_str_t id, hf_str_t text) {
  const hf_host_t *host = ((const ender_t *)self)->fixture.host;
  const hf_host_channel_t *channel = host->service(host->ctx, HF_STR(HF_HOST_CHANNEL_ID));
  hf_inbound_t message = {.size = sizeof message, .chat_kind = HF_CHAT_DM};
  message.account = message.chat = message.user = HF_STR("someone");
  message.message_id = id;
  message.text = text;
  channel->receive(host->ctx, &message);
}

static int32_t start(void *self, const hf_head_t *head) {
  (void)head;
  pass(self, "start");
  say(self, HF_STR("m1"), HF_STR("hello"));
  return HF_OK;
}

static int32_t stop(void *self, const hf_head_t *head) {
  (void)head;
  pass(self, "stop");
  return HF_OK;
}

static int32_t deliver(void *self, const hf_send_t *part) {
  (void)part;
  pass(self, "send");
  if (is_in(self, "withdraw")) say(self, HF_STR("m2"), HF_STR("/undo"));
  return HF_OK;
}

static void receipt(void *self, const hf_receipt_t *receipt) {
  (void)receipt;
  pass(self, "receipt");
}

static int32_t retain(void *self, const hf_retain_t *batch) {
  (void)batch;
  pass(self, "retain");
  return HF_OK;
}

static int32_t withdraw(void *self, const hf_withdraw_t *request) {
  (void)request;
  pass(self, "withdraw");
  return HF_OK;
}

static int32_t recall(void *self, const hf_recall_t *request) {
  (void)request;
  pass(self, "recall");
  return is_in(self, "on_cancel") ? HF_PENDING : HF_OK;
}

static int32_t respond(void *self, const hf_model_request_t *request) {
  const hf_host_t *host = ((const ender_t *)self)->fixture.host;
  const hf_host_model_t *model = host->service(host->ctx, HF_STR(HF_HOST_MODEL_ID));
  pass(self, "respond");
  model->text(host->ctx, request->head.op, HF_STR("good day"));
  return HF_OK;
}

static int32_t event(void *self, const hf_event_t *event) {
  (void)event;
  pass(self, "event");
  return HF_OK;
}

static void on_cancel(void *self, hf_op_t op) {
  (void)op;
  pass(self, "on_cancel");
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  ender_t *ender = calloc(1, sizeof *ender);
  ender->fixture.host = host;
  for (uint64_t i = 0; i < config->pair_count; i++) {
    char *place = fixture_is(config->pairs[i].key, "in") ? ender->in : ender->how;
    snprintf(place, sizeof ender->in, "%.*s", TEXT(config->pairs[i].value));
  }
  *self = ender;
  pass(ender, "create");
  return HF_OK;
}

static void destroy(void *self) {
  pass(self, "destroy");
  free(self);
}

static const void *query(void *self, hf_str_t id) {
  static const hf_memory_t memory = {
      .size = sizeof memory, .retain = retain, .withdraw = withdraw, .recall = recall};
  static const hf_channel_t channel = {.size = sizeof channel,
                                       .unit = HF_UNIT_BYTES,
                                       .start = start,
                                       .stop = stop,
                                       .send = deliver,
                                       .receipt = receipt};
  static const hf_model_t model = {.size = sizeof model, .respond = respond};
  pass(self, "query");
  if (fixture_is(id, HF_MEMORY_ID)) return &memory;
  if (fixture_is(id, HF_CHANNEL_ID)) return &channel;
  return fixture_is(id, HF_MODEL_ID) ? &model : NULL;
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .events = HF_EVENT_TURN_COMPLETED,
    .create = create,
    .destroy = destroy,
    .event = event,
    .on_cancel = on_cancel,
    .query = query,
};

FIXTURE_ENTRY
