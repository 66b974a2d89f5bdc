/* A model that answers "re: " and the last message, tells a test every prompt that it is given, and
 * behaves as that test directs it (see script.h). */
#include "script.h"

HF_PLUGIN_NOTE(
    "{\"id\":\"scripted-model\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"kinds\":[\"model\"],"
    "\"events\":[],\"concurrency\":\"instance\",\"language\":\"C\","
    "\"config\":{\"control\":{\"type\":\"string\"}}}");

/* Pieces of this many bytes end anywhere, also inside a character. */
enum { PIECE = 7 };

static void answer(script_t *script, hf_op_t op, const char *words) {
  const hf_host_t *host = script->fixture.host;
  const hf_host_model_t *model = host->service(host->ctx, HF_STR(HF_HOST_MODEL_ID));
  size_t left = strlen(words);
  model->text(host->ctx, op, HF_STR("re: "));
  while (left > 0) {
    size_t length = left < PIECE ? left : PIECE;
    model->text(host->ctx, op, (hf_str_t){words, length});
    words += length;
    left -= length;
  }
}

static void add_messages(text_t *call, const hf_model_request_t *request) {
  text_t history = {0};
  text_word(&history, "");
  for (uint64_t i = 0; i + 1 < request->message_count; i++) {
    if (i > 0) text_word(&history, "\n");
    text_add(&history, request->messages[i].text.ptr, request->messages[i].text.len);
  }
  text_field(call, "history", (hf_str_t){history.bytes, history.length});
  free(history.bytes);
}

static int32_t respond(void *self, const hf_model_request_t *request) {
  script_t *script = self;
  text_t call = {0}, words = {0};
  hf_str_t last = request->messages[request->message_count - 1].text;
  text_word(&call, request->purpose == HF_MODEL_ANSWER ? "respond" : "summarise");
  text_head(&call, &request->head);
  text_field(&call, "last", last);
  text_field(&call, "recall", request->recall_block);
  text_number(&call, "recalled", request->recalled_count);
  add_messages(&call, request);
  script_tell(script, &call);
  free(call.bytes);
  text_word(&words, "");
  /* Asked to repeat, it repeats its notes too, as models do. */
  if (last.len >= 6 && memcmp(last.ptr, "repeat", 6) == 0)
    text_add(&words, request->recall_block.ptr, request->recall_block.len);
  text_add(&words, last.ptr, last.len);
  behaviour_t behaviour = script_behave(script, "respond");
  if (behaviour == DO_HOLD) return script_hold(script, request->head.op, words.bytes);
  if (script_works(behaviour)) answer(script, request->head.op, words.bytes);
  free(words.bytes);
  return script_status(script, behaviour);
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  script_t *script = calloc(1, sizeof *script);
  script->land = answer;
  script_open(script, host, config);
  *self = script;
  return HF_OK;
}

static void destroy(void *self) {
  script_close(self);
  free(self);
}

static const hf_model_t extension = {.size = sizeof extension, .respond = respond};

FIXTURE_QUERY(HF_MODEL_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = create,
    .destroy = destroy,
    .query = query,
};

FIXTURE_ENTRY
