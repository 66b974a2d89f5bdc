/* A model that asks for the first tool it is offered, more often than it may and in ways that the
 * host refuses, and writes down what it was told. Without tools it answers "no tools". */
#include "fixture.h"

FIXTURE_NOTE("calling-model", "\"model\"", "", "instance");

static int32_t say(const fixture_t *fixture, hf_op_t op, const char *words) {
  const hf_host_t *host = fixture->host;
  const hf_host_model_t *model = host->service(host->ctx, HF_STR(HF_HOST_MODEL_ID));
  return model->text(host->ctx, op, (hf_str_t){words, strlen(words)});
}

static int32_t ask(const fixture_t *fixture, hf_op_t op, hf_str_t id, hf_str_t name,
                   hf_str_t arguments) {
  const hf_host_t *host = fixture->host;
  const hf_host_model_tools_t *model = host->service(host->ctx, HF_STR(HF_HOST_MODEL_TOOLS_ID));
  hf_tool_request_t request = {
      .size = sizeof request, .id = id, .name = name, .arguments = arguments};
  return model->call(host->ctx, op, &request);
}

static int32_t respond(void *self, const hf_model_request_t *request) {
  fixture_record(self, "plain, %d messages", (int)request->message_count);
  say(self, request->head.op, "plain");
  return HF_OK;
}

static void record(const fixture_t *fixture, const hf_model_tools_request_t *request) {
  const hf_model_request_t *model = &request->request;
  for (uint64_t i = 0; i < model->message_count; i++)
    fixture_record(fixture, "role %u %.*s: %.*s", model->messages[i].role,
                   TEXT(model->messages[i].name), TEXT(model->messages[i].text));
  for (uint64_t i = 0; i < request->tool_count; i++)
    fixture_record(fixture, "tool %.*s %u: %.*s %.*s", TEXT(request->tools[i].name),
                   request->tools[i].flags, TEXT(request->tools[i].description),
                   TEXT(request->tools[i].schema));
  for (uint64_t i = 0; i < request->use_count; i++)
    fixture_record(fixture, "use %u %.*s %.*s %.*s: %d %.*s after %.*s", request->uses[i].round,
                   TEXT(request->uses[i].id), TEXT(request->uses[i].name),
                   TEXT(request->uses[i].arguments), request->uses[i].status,
                   TEXT(request->uses[i].result), TEXT(request->uses[i].said));
  fixture_record(fixture, "left %u size %u", request->rounds_left, model->head.size);
}

static int32_t respond_with_tools(void *self, const hf_model_tools_request_t *request) {
  static char large[(64 << 10) + 1];
  fixture_t *fixture = self;
  hf_op_t op = request->request.head.op;
  hf_str_t none = {0};
  record(fixture, request);
  if (request->tool_count == 0 || request->rounds_left == 0) {
    fixture_record(fixture, "call %d", ask(self, op, none, HF_STR("nothing"), none));
    say(self, op, "no tools");
    return HF_OK;
  }
  hf_str_t name = request->tools[0].name;
  say(self, op, "let me look");
  int32_t good = ask(self, op, HF_STR("a"), name, HF_STR("{\"words\":\"tide\"}"));
  int32_t again = ask(self, op, HF_STR("a"), name, none);
  int32_t unnamed = ask(self, op, none, none, none);
  int32_t bytes = ask(self, op, HF_STR("\xFF"), name, none);
  int32_t huge = ask(self, op, none, name, (hf_str_t){large, sizeof large});
  int32_t nobody = ask(self, op + 1000, none, name, none);
  int32_t status = HF_OK, count = 0;
  while (status == HF_OK) count += (status = ask(self, op, none, name, none)) == HF_OK;
  fixture_record(fixture, "calls %d %d %d %d %d %d, %d more, then %d", good, again, unnamed, bytes,
                 huge, nobody, count, status);
  return HF_OK;
}

static const hf_model_t model = {.size = sizeof model, .respond = respond};
static const hf_model_tools_t extension = {
    .size = sizeof extension, .respond = respond_with_tools};

static const void *query(void *self, hf_str_t id) {
  (void)self;
  if (fixture_is(id, HF_MODEL_ID)) return &model;
  return fixture_is(id, HF_MODEL_TOOLS_ID) ? &extension : 0;
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .query = query,
};

FIXTURE_ENTRY
