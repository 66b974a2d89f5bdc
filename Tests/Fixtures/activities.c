/* Says what it is at: keeps and breaks every rule of activities within a call, and takes up work
 * for each session whose turn it hears of, which it never ends. */
#include <holdfast/ext/activity.h>

#include "fixture.h"

FIXTURE_NOTE("activities", "\"tools\"", "\"turn.completed\"", "instance");

static const hf_host_activity_t *service_of(const fixture_t *fixture) {
  return fixture->host->service(fixture->host->ctx, HF_STR(HF_HOST_ACTIVITY_ID));
}

static int32_t begin(const fixture_t *fixture, hf_activity_t activity, uint64_t *token) {
  activity.size = sizeof activity;
  if (!activity.name.ptr) activity.name = HF_STR("search");
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
  hf_activity_t of_call = {.kind = HF_ACTIVITY_TOOL_CALL, .op = op};
  hf_activity_t other_kind = {.kind = 9, .op = op};
  hf_activity_t of_nobody = {.kind = HF_ACTIVITY_RUN};
  hf_activity_t endless_wait = {.kind = HF_ACTIVITY_PERSON_WAIT, .op = op};
  hf_activity_t of_no_call = {.kind = HF_ACTIVITY_RUN, .op = op + 1000};
  hf_activity_t long_name = {.kind = HF_ACTIVITY_RUN, .op = op};
  hf_activity_t no_text = {.kind = HF_ACTIVITY_RUN, .op = op, .name = HF_STR("\xff")};
  hf_activity_t no_session = {.kind = HF_ACTIVITY_RUN, .session_id = HF_STR("mine")};
  static char text[200];
  memset(text, 'x', sizeof text);
  long_name.name = (hf_str_t){text, 129};
  uint64_t token, other;
  int32_t good = begin(fixture, of_call, &token);
  int32_t kind = begin(fixture, other_kind, &other);
  int32_t nobody = begin(fixture, of_nobody, &other);
  int32_t wait = begin(fixture, endless_wait, &other);
  int32_t stale = begin(fixture, of_no_call, &other);
  int32_t large = begin(fixture, long_name, &other);
  int32_t bytes = begin(fixture, no_text, &other);
  int32_t no_id = begin(fixture, no_session, &other);
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
  hf_activity_t of_session = {.kind = HF_ACTIVITY_RUN, .session_id = call->head.session_id,
                              .deadline_ms = 1000};
  while (begin(fixture, of_session, &other) == HF_OK) opened++;
  int32_t ended = service->end(ctx, token);
  int32_t over = service->end(ctx, token);
  fixture_record(fixture, "end %d %d, %d more", ended, over, opened);
  begin(fixture, of_call, &token);
  return HF_OK;
}

static int32_t event(void *self, const hf_event_t *event) {
  uint64_t token;
  hf_activity_t never_ended = {.kind = HF_ACTIVITY_TOOL_CALL, .session_id = event->session_id,
                               .name = HF_STR("never ended")};
  int32_t status = begin(self, never_ended, &token);
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
