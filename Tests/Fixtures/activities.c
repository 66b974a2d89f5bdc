/* Says what it is at: keeps and breaks every rule of activities within a call, and takes up work for
 * each session whose turn it hears of, which it never ends. */
#include <holdfast/ext/activity.h>

#include "fixture.h"

FIXTURE_NOTE("activities", "\"tools\"", "\"turn.completed\"", "instance");

static const hf_host_activity_t *service_of(const fixture_t *fixture) {
  return fixture->host->service(fixture->host->ctx, HF_STR(HF_HOST_ACTIVITY_ID));
}

static int32_t begin(const fixture_t *fixture, uint32_t kind, hf_op_t op, hf_str_t session,
                     uint64_t deadline_ms, hf_str_t name, uint64_t *token) {
  hf_activity_t activity = {.size = sizeof activity, .kind = kind, .op = op,
                            .deadline_ms = deadline_ms, .session_id = session, .name = name};
  return service_of(fixture)->begin(fixture->host->ctx, &activity, token);
}

static int32_t list(void *self, const hf_head_t *head) {
  const fixture_t *fixture = self;
  const hf_host_tools_t *tools =
      fixture->host->service(fixture->host->ctx, HF_STR(HF_HOST_TOOLS_ID));
  hf_tool_t tool = {.size = sizeof tool, .flags = HF_TOOL_READ_ONLY, .name = HF_STR("probe"),
                    .description = HF_STR("tries every rule")};
  return tools->tool(fixture->host->ctx, head->op, &tool);
}

static int32_t probe(void *self, const hf_tool_call_t *call) {
  const fixture_t *fixture = self;
  const hf_host_activity_t *service = service_of(fixture);
  void *ctx = fixture->host->ctx;
  hf_op_t op = call->head.op;
  hf_str_t session = call->head.session_id, none = {0, 0}, name = HF_STR("search");
  static char text[200];
  memset(text, 'x', sizeof text);
  uint64_t token, other;
  int32_t good = begin(fixture, HF_ACTIVITY_TOOL_CALL, op, none, 0, name, &token);
  int32_t kind = begin(fixture, 9, op, none, 0, name, &other);
  int32_t nobody = begin(fixture, HF_ACTIVITY_RUN, 0, none, 0, name, &other);
  int32_t wait = begin(fixture, HF_ACTIVITY_PERSON_WAIT, op, none, 0, name, &other);
  int32_t stale = begin(fixture, HF_ACTIVITY_RUN, op + 1000, none, 0, name, &other);
  int32_t large = begin(fixture, HF_ACTIVITY_RUN, op, none, 0, (hf_str_t){text, 129}, &other);
  int32_t bytes = begin(fixture, HF_ACTIVITY_RUN, op, none, 0, HF_STR("\xff"), &other);
  int32_t no_id = begin(fixture, HF_ACTIVITY_RUN, 0, HF_STR("mine"), 0, name, &other);
  fixture_record(fixture, "begin %d %d %d %d %d %d %d %d", good, kind, nobody, wait, stale, large,
                 bytes, no_id);
  int32_t first = service->progress(ctx, token, HF_STR("page 1"));
  int32_t again = service->progress(ctx, token, HF_STR("page 1"));
  int32_t unknown = service->progress(ctx, token + 7, HF_STR("page 1"));
  int32_t fast = HF_OK;
  for (int round = 0; round < 1000 && fast == HF_OK; round++) {
    fast = service->progress(ctx, token, round % 2 ? HF_STR("odd") : HF_STR("even"));
  }
  fixture_record(fixture, "progress %d %d %d %d", first, again, unknown, fast);
  int opened = 0;
  while (begin(fixture, HF_ACTIVITY_RUN, 0, session, 1000, name, &other) == HF_OK) opened++;
  int32_t ended = service->end(ctx, token);
  int32_t over = service->end(ctx, token);
  fixture_record(fixture, "end %d %d, %d more", ended, over, opened);
  begin(fixture, HF_ACTIVITY_MODEL_CALL, op, none, 0, HF_STR("left open"), &token);
  return HF_OK;
}

static int32_t event(void *self, const hf_event_t *event) {
  uint64_t token;
  int32_t status = begin(self, HF_ACTIVITY_TOOL_CALL, 0, event->session_id, 0,
                         HF_STR("never ended"), &token);
  fixture_record(self, "took up work: %d", status);
  return HF_OK;
}

static const hf_tools_t extension = {.size = sizeof extension, .list = list, .call = probe};

FIXTURE_QUERY(HF_TOOLS_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .events = HF_EVENT_TURN_COMPLETED,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .query = query,
    .event = event,
};

FIXTURE_ENTRY
