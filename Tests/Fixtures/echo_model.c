/* A model that answers with the last message, byte by byte. The reason of the head chooses what
 * goes wrong: "large" exceeds the limit, "cut" ends inside a character, "refuse" refuses. */
#include "fixture.h"

FIXTURE_NOTE("echo-model", "\"model\"", "", "instance");

static int32_t respond(void *self, const hf_model_request_t *request) {
  fixture_t *fixture = self;
  const hf_host_t *host = fixture->host;
  const hf_host_model_t *model = host->service(host->ctx, HF_STR(HF_HOST_MODEL_ID));
  hf_op_t op = request->head.op;
  if (fixture_is(request->head.reason, "refuse")) {
    host->explain(host->ctx, HF_STR("it is too late for that"));
    return HF_E_REFUSED;
  }
  if (fixture_is(request->head.reason, "cut")) {
    model->text(host->ctx, op, (hf_str_t){"\xE2\x82", 2});
    return HF_OK;
  }
  if (fixture_is(request->head.reason, "large")) {
    static const char zeros[1 << 16] = {0};
    int32_t status = HF_OK;
    for (int piece = 0; piece < 17 && status == HF_OK; piece++) {
      status = model->text(host->ctx, op, (hf_str_t){zeros, sizeof zeros});
    }
    fixture_record(fixture, "text %d", status);
    return HF_OK;
  }
  hf_str_t text = request->messages[request->message_count - 1].text;
  for (uint64_t place = 0; place < text.len; place++) {
    model->text(host->ctx, op, (hf_str_t){text.ptr + place, 1});
  }
  return HF_OK;
}

static const hf_model_t extension = {.size = sizeof extension, .respond = respond};

FIXTURE_QUERY(HF_MODEL_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .query = query,
};

FIXTURE_ENTRY
