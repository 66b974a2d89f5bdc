/* A memory provider that writes down what it is given and recalls the query itself. */
#include "fixture.h"

FIXTURE_NOTE("memory-recorder", "\"memory\"", "\"prefetch.requested\"", "instance");

static int32_t retain(void *self, const hf_retain_t *batch) {
  fixture_record(self, "retain key=%.*s document=%.*s turns=%llu attempt=%u repeated=%u",
                 TEXT(batch->key), TEXT(batch->document_id), (unsigned long long)batch->turn_count,
                 batch->attempt, batch->repeated);
  for (uint64_t place = 0; place < batch->turn_count; place++) {
    const hf_turn_t *turn = &batch->turns[place];
    const hf_message_t *last = &turn->messages[turn->message_count - 1];
    fixture_record(self, "  %llu: %.*s -> %.*s", (unsigned long long)turn->index,
                   TEXT(turn->messages[0].text), TEXT(last->text));
    for (uint64_t i = 1; i + 1 < turn->message_count; i++) {
      fixture_record(self, "  role %u %.*s: %.*s", turn->messages[i].role,
                     TEXT(turn->messages[i].name), TEXT(turn->messages[i].text));
    }
  }
  for (uint64_t place = 0; place < batch->tag_count; place++) {
    fixture_record(self, "  tag %.*s", TEXT(batch->tags[place]));
  }
  for (uint64_t place = 0; place < batch->metadata_count; place++) {
    fixture_record(self, "  %.*s=%.*s", TEXT(batch->metadata[place].key),
                   TEXT(batch->metadata[place].value));
  }
  return HF_OK;
}

static int32_t withdraw(void *self, const hf_withdraw_t *request) {
  for (uint64_t place = 0; place < request->withdrawal_count; place++) {
    const hf_withdrawal_t *one = &request->withdrawals[place];
    fixture_record(self, "withdraw turn=%llu batch=%llu-%llu key=%.*s",
                   (unsigned long long)one->turn, (unsigned long long)one->batch_first,
                   (unsigned long long)one->batch_last, TEXT(one->batch_key));
  }
  return HF_OK;
}

static int32_t answer(fixture_t *fixture, const hf_head_t *head, hf_str_t query) {
  const hf_host_memory_t *memory =
      fixture->host->service(fixture->host->ctx, HF_STR(HF_HOST_MEMORY_ID));
  hf_recall_item_t item = {.size = sizeof item, .score = 0.5, .text = query, .scope = head->scope};
  item.session_id = head->session_id;
  item.time_ms = 7;
  return memory->recall_item(fixture->host->ctx, head->op, &item);
}

static int32_t recall(void *self, const hf_recall_t *request) {
  return answer(self, &request->head, request->query);
}

static int32_t event(void *self, const hf_event_t *event) {
  const hf_event_prefetch_t *prefetch = (const void *)event;
  return answer(self, &event[0], prefetch->query);
}

static int32_t instructions(void *self, const hf_head_t *head) {
  fixture_complete(self, head->op, HF_OK, "Remember the tide.");
  return HF_PENDING;
}

static const hf_memory_t extension = {.size = sizeof extension,
                                      .retain = retain,
                                      .withdraw = withdraw,
                                      .recall = recall,
                                      .instructions = instructions};

FIXTURE_QUERY(HF_MEMORY_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .events = HF_EVENT_PREFETCH_REQUESTED,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .event = event,
    .query = query,
};

FIXTURE_ENTRY
