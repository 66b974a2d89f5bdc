/* Names tools of every kind that the host must not take, beside two that it does, and answers calls
 * in ways that the host must bear: the name of the tool says how. */
#include "fixture.h"

FIXTURE_NOTE("odd-tools", "\"tools\"", "", "instance");

static const hf_host_tools_t *tools(const fixture_t *fixture) {
  return fixture->host->service(fixture->host->ctx, HF_STR(HF_HOST_TOOLS_ID));
}

static int32_t offer(fixture_t *fixture, hf_op_t op, hf_str_t name, hf_str_t schema) {
  hf_tool_t tool = {.size = sizeof tool, .name = name, .schema = schema};
  tool.flags = fixture_is(name, "echo") ? HF_TOOL_READ_ONLY : 0;
  tool.description = HF_STR("for a test");
  return tools(fixture)->tool(fixture->host->ctx, op, &tool);
}

static int32_t list(void *self, const hf_head_t *head) {
  fixture_t *fixture = self;
  static char large[(64 << 10) + 1];
  hf_str_t none = {0};
  int32_t echo = offer(self, head->op, HF_STR("echo"), HF_STR("{\"required\":[\"words\"]}"));
  int32_t late = offer(self, head->op, HF_STR("late"), none);
  int32_t again = offer(self, head->op, HF_STR("echo"), none);
  int32_t space = offer(self, head->op, HF_STR("two words"), none);
  int32_t empty = offer(self, head->op, none, none);
  int32_t bytes = offer(self, head->op, HF_STR("b\xFFtes"), none);
  int32_t list = offer(self, head->op, HF_STR("schema"), HF_STR("[]"));
  int32_t broken = offer(self, head->op, HF_STR("schema"), HF_STR("{"));
  int32_t huge = offer(self, head->op, HF_STR("schema"), (hf_str_t){large, sizeof large});
  int32_t nobody = offer(self, head->op + 1000, HF_STR("lost"), none);
  int32_t status = HF_OK, count = 0;
  while (status == HF_OK) {
    char name[32];
    int length = snprintf(name, sizeof name, "tool-%d", count);
    status = offer(self, head->op, (hf_str_t){name, (uint64_t)length}, none);
    count += status == HF_OK;
  }
  fixture_record(fixture, "list %d %d %d %d %d %d %d %d %d %d, %d more, then %d", echo, late, again,
                 space, empty, bytes, list, broken, huge, nobody, count, status);
  return HF_OK;
}

static int32_t result(fixture_t *fixture, hf_op_t op, hf_str_t piece) {
  return tools(fixture)->result(fixture->host->ctx, op, piece);
}

static int32_t call(void *self, const hf_tool_call_t *call) {
  static const char zeros[1 << 16] = {0};
  fixture_t *fixture = self;
  hf_op_t op = call->head.op;
  fixture_record(fixture, "call %.*s of %.*s in %.*s: %.*s", TEXT(call->name), TEXT(call->key),
                 TEXT(call->head.scope), TEXT(call->arguments));
  for (uint64_t i = 0; i < call->pair_count; i++)
    fixture_record(fixture, "%.*s=%.*s", TEXT(call->pairs[i].key), TEXT(call->pairs[i].value));
  if (fixture_is(call->name, "echo")) {
    for (uint64_t i = 0; i < call->arguments.len; i++)
      result(fixture, op, (hf_str_t){call->arguments.ptr + i, 1});
    return HF_OK;
  }
  if (fixture_is(call->name, "late")) {
    fixture->kept = op;
    return HF_PENDING;
  }
  if (fixture_is(call->name, "cut")) {
    result(fixture, op, (hf_str_t){"\xE2\x82", 2});
    return HF_OK;
  }
  if (fixture_is(call->name, "large")) {
    int32_t status = HF_OK;
    for (int piece = 0; piece < 5 && status == HF_OK; piece++)
      status = result(fixture, op, (hf_str_t){zeros, sizeof zeros});
    fixture_record(fixture, "result %d", status);
    return HF_OK;
  }
  if (fixture_is(call->name, "long-text")) {
    char *text = malloc(5 * sizeof zeros);
    memset(text, 'x', 5 * sizeof zeros);
    fixture->host->complete(fixture->host->ctx, op, HF_OK, (hf_str_t){text, 5 * sizeof zeros});
    free(text);
    return HF_PENDING;
  }
  if (fixture_is(call->name, "changed")) tools(fixture)->changed(fixture->host->ctx);
  if (fixture_is(call->name, "twice")) {
    int32_t first = fixture_complete(fixture, op, HF_OK, "first");
    fixture_record(fixture, "complete %d %d result %d", first,
                   fixture_complete(fixture, op, HF_E_FAILED, "second"),
                   result(fixture, op, HF_STR("third")));
  }
  if (!fixture_is(call->name, "wrong")) return HF_OK;
  fixture->host->explain(fixture->host->ctx, HF_STR("no such harbour"));
  return HF_E_ARGUMENT;
}

static void on_cancel(void *self, hf_op_t op) {
  fixture_t *fixture = self;
  fixture_record(fixture, "cancel same=%d result %d complete %d", op == fixture->kept,
                 result(fixture, op, HF_STR("late")), fixture_complete(fixture, op, HF_OK, "late"));
}

static const hf_tools_t extension = {.size = sizeof extension, .list = list, .call = call};

FIXTURE_QUERY(HF_TOOLS_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .on_cancel = on_cancel,
    .query = query,
};

FIXTURE_ENTRY
