/* A model that answers "re: " and the last message, tells a test every prompt that it is given, and
 * behaves as that test directs it (see script.h). With the setting `tools` it calls tools: a
 * message "use name:arguments name …" asks for these calls, and what came of them is said behind
 * the answer. */
#include "script.h"

HF_PLUGIN_NOTE(
    "{\"id\":\"scripted-model\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"kinds\":[\"model\"],"
    "\"events\":[],\"concurrency\":\"instance\",\"language\":\"C\","
    "\"config\":{\"control\":{\"type\":\"string\"},\"tools\":{\"type\":\"boolean\"}}}");

typedef struct model {
  script_t script; /* first: a model is a script */
  int calls_tools;
} model_t;

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

/* What a test is told of every request; the caller adds more and frees it. */
static text_t told(const hf_model_request_t *request) {
  text_t call = {0};
  text_word(&call, request->purpose == HF_MODEL_ANSWER ? "respond" : "summarise");
  text_head(&call, &request->head);
  text_field(&call, "last", request->messages[request->message_count - 1].text);
  text_field(&call, "recall", request->recall_block);
  text_number(&call, "recalled", request->recalled_count);
  add_messages(&call, request);
  return call;
}

static text_t words_for(const hf_model_request_t *request) {
  text_t words = {0};
  hf_str_t last = request->messages[request->message_count - 1].text;
  text_word(&words, "");
  /* Asked to repeat, it repeats its notes too, as models do. */
  if (last.len >= 6 && memcmp(last.ptr, "repeat", 6) == 0)
    text_add(&words, request->recall_block.ptr, request->recall_block.len);
  text_add(&words, last.ptr, last.len);
  return words;
}

/* Takes `words` over. */
static int32_t conclude(script_t *script, hf_op_t op, text_t words) {
  behaviour_t behaviour = script_behave(script, "respond");
  if (behaviour == DO_HOLD) return script_hold(script, op, words.bytes);
  if (script_works(behaviour)) answer(script, op, words.bytes);
  free(words.bytes);
  return script_status(script, behaviour);
}

static int32_t respond(void *self, const hf_model_request_t *request) {
  text_t call = told(request);
  script_tell(self, &call);
  free(call.bytes);
  return conclude(self, request->head.op, words_for(request));
}

/* Asks for what the words behind "use" name, up to the end of the line; whether there were any. */
static int ask(const hf_host_t *host, hf_op_t op, hf_str_t text) {
  const hf_host_model_tools_t *model = host->service(host->ctx, HF_STR(HF_HOST_MODEL_TOOLS_ID));
  char *line = strndup(text.ptr, text.len), *rest = line + 4, *word;
  int count = 0;
  line[strcspn(line, "\n")] = 0;
  while ((word = strsep(&rest, " "))) {
    char *arguments = strchr(word, ':');
    hf_tool_request_t request = {.size = sizeof request};
    request.name = (hf_str_t){word, arguments ? (uint64_t)(arguments - word) : strlen(word)};
    if (arguments) request.arguments = (hf_str_t){arguments + 1, strlen(arguments + 1)};
    count += model->call(host->ctx, op, &request) == HF_OK;
  }
  free(line);
  return count > 0;
}

static int32_t respond_with_tools(void *self, const hf_model_tools_request_t *request) {
  model_t *model = self;
  const hf_host_t *host = model->script.fixture.host;
  hf_op_t op = request->request.head.op;
  hf_str_t last = request->request.messages[request->request.message_count - 1].text;
  text_t call = told(&request->request), tools = {0}, words = words_for(&request->request);
  text_word(&tools, "");
  for (uint64_t i = 0; i < request->tool_count; i++) {
    if (i > 0) text_word(&tools, " ");
    text_add(&tools, request->tools[i].name.ptr, request->tools[i].name.len);
  }
  for (uint64_t i = 0; i < request->use_count; i++) {
    char status[32];
    snprintf(status, sizeof status, " [%d ", request->uses[i].status);
    text_word(&words, status);
    text_add(&words, request->uses[i].result.ptr, request->uses[i].result.len);
    text_word(&words, "]");
  }
  text_field(&call, "tools", (hf_str_t){tools.bytes, tools.length});
  text_number(&call, "uses", request->use_count);
  text_number(&call, "left", request->rounds_left);
  script_tell(&model->script, &call);
  free(call.bytes);
  free(tools.bytes);
  int calls = last.len > 4 && memcmp(last.ptr, "use ", 4) == 0 && request->use_count == 0;
  if (calls && ask(host, op, last)) {
    free(words.bytes);
    return HF_OK;
  }
  return conclude(&model->script, op, words);
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  model_t *model = calloc(1, sizeof *model);
  model->script.land = answer;
  model->calls_tools = fixture_is(script_setting(config, "tools"), "true");
  script_open(&model->script, host, config);
  *self = model;
  return HF_OK;
}

static void destroy(void *self) {
  script_close(self);
  free(self);
}

static const hf_model_t extension = {.size = sizeof extension, .respond = respond};
static const hf_model_tools_t calling = {.size = sizeof calling, .respond = respond_with_tools};

static const void *query(void *self, hf_str_t id) {
  model_t *model = self;
  if (fixture_is(id, HF_MODEL_ID)) return &extension;
  return model->calls_tools && fixture_is(id, HF_MODEL_TOOLS_ID) ? &calling : 0;
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = create,
    .destroy = destroy,
    .query = query,
};

FIXTURE_ENTRY
