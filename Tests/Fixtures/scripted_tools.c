/* A plugin with tools as a shipped one has them: "look", which changes nothing, and "write", which
 * appends a line to a file of its own. It tells a test every call and behaves as that test directs
 * it (see script.h). Once "more" was written, it has a tool more. */
#include "script.h"

HF_PLUGIN_NOTE(
    "{\"id\":\"scripted-tools\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"kinds\":[\"tools\"],"
    "\"events\":[],\"concurrency\":\"instance\",\"language\":\"C\","
    "\"requires\":[\"holdfast.host.tools/1\"],"
    "\"config\":{\"control\":{\"type\":\"string\"}}}");

typedef struct box {
  script_t script; /* first: a box is a script */
  int has_more;
} box_t;

static const hf_host_tools_t *host_tools(const hf_host_t *host) {
  return host->service(host->ctx, HF_STR(HF_HOST_TOOLS_ID));
}

static void offer(const hf_host_t *host, hf_op_t op, hf_tool_t tool) {
  tool.size = sizeof tool;
  host_tools(host)->tool(host->ctx, op, &tool);
}

static int32_t list(void *self, const hf_head_t *head) {
  box_t *box = self;
  const hf_host_t *host = box->script.fixture.host;
  behaviour_t behaviour = script_behave(&box->script, "tools");
  if (!script_works(behaviour)) return script_status(&box->script, behaviour);
  offer(host, head->op,
        (hf_tool_t){.flags = HF_TOOL_READ_ONLY,
                    .name = HF_STR("look"),
                    .description = HF_STR("looks up a word"),
                    .schema = HF_STR("{\"type\":\"object\",\"required\":[\"word\"],"
                                     "\"properties\":{\"word\":{\"type\":\"string\"}}}")});
  offer(host, head->op,
        (hf_tool_t){.name = HF_STR("write"), .description = HF_STR("writes a line")});
  if (box->has_more) offer(host, head->op, (hf_tool_t){.name = HF_STR("more")});
  return HF_OK;
}

/* The work of a call: what is written stays written, and the result says so. */
static void land(script_t *script, hf_op_t op, const char *work) {
  const hf_host_t *host = script->fixture.host;
  if (strncmp(work, "wrote", 5) == 0) fixture_record(&script->fixture, "%s", work);
  host_tools(host)->result(host->ctx, op, (hf_str_t){work, strlen(work)});
}

static hf_str_t argument(const hf_tool_call_t *call, const char *name) {
  for (uint64_t i = 0; i < call->pair_count; i++)
    if (fixture_is(call->pairs[i].key, name)) return call->pairs[i].value;
  return (hf_str_t){"", 0};
}

static int32_t call(void *self, const hf_tool_call_t *call) {
  box_t *box = self;
  const hf_host_t *host = box->script.fixture.host;
  text_t line = {0}, work = {0};
  text_word(&line, "tool");
  text_head(&line, &call->head);
  text_field(&line, "name", call->name);
  text_field(&line, "key_of_call", call->key);
  text_field(&line, "arguments", call->arguments);
  script_tell(&box->script, &line);
  free(line.bytes);
  hf_str_t word = argument(call, "word");
  text_word(&work, fixture_is(call->name, "write") ? "wrote " : "found ");
  text_add(&work, word.ptr, word.len);
  behaviour_t behaviour = script_behave(&box->script, "tool");
  if (behaviour == DO_HOLD) return script_hold(&box->script, call->head.op, work.bytes);
  if (script_works(behaviour)) land(&box->script, call->head.op, work.bytes);
  free(work.bytes);
  if (fixture_is(word, "more") && !box->has_more) {
    box->has_more = 1;
    host_tools(host)->changed(host->ctx);
  }
  return script_status(&box->script, behaviour);
}

static void on_cancel(void *self, hf_op_t op) {
  box_t *box = self;
  text_t line = {0};
  text_word(&line, "cancelled");
  text_number(&line, "op", op);
  script_tell(&box->script, &line);
  free(line.bytes);
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  box_t *box = calloc(1, sizeof *box);
  box->script.land = land;
  script_open(&box->script, host, config);
  *self = box;
  return HF_OK;
}

static void destroy(void *self) {
  script_close(self);
  free(self);
}

static const hf_tools_t extension = {.size = sizeof extension, .list = list, .call = call};

FIXTURE_QUERY(HF_TOOLS_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = create,
    .destroy = destroy,
    .on_cancel = on_cancel,
    .query = query,
};

FIXTURE_ENTRY
