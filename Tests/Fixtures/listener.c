/* Writes down every event with what is in its head and behind it. */
#include "fixture.h"

FIXTURE_NOTE("listener", "",
             "\"session.opened\",\"session.switched\",\"session.ended\",\"turn.started\","
             "\"turn.completed\",\"prefetch.requested\",\"message.received\",\"config.changed\"",
             "instance");

static void record_tail(fixture_t *f, const hf_event_t *event) {
  if (event->kind == HF_EVENT_SESSION_SWITCHED) {
    const hf_event_switched_t *e = (const void *)event;
    fixture_record(f, "  new=%.*s parent=%.*s session=%d epoch=%llu reset=%u rewound=%u",
                   TEXT(e->new_session_id), TEXT(e->new_parent_id), e->new_session != 0,
                   (unsigned long long)e->new_epoch, e->reset, e->rewound);
  } else if (event->kind == HF_EVENT_TURN_STARTED || event->kind == HF_EVENT_TURN_COMPLETED) {
    const hf_event_turn_t *e = (const void *)event;
    fixture_record(f, "  user=%.*s answer=%.*s at=%lld", TEXT(e->user_text), TEXT(e->answer_text),
                   (long long)e->finished_ms);
  } else if (event->kind == HF_EVENT_MESSAGE_RECEIVED) {
    const hf_event_message_t *e = (const void *)event;
    fixture_record(f, "  message=%.*s text=%.*s", TEXT(e->message_id), TEXT(e->text));
  } else if (event->kind == HF_EVENT_CONFIG_CHANGED) {
    const hf_event_config_t *e = (const void *)event;
    fixture_record(f, "  json=%.*s pairs=%llu", TEXT(e->json), (unsigned long long)e->pair_count);
  } else if (event->kind == HF_EVENT_PREFETCH_REQUESTED) {
    const hf_event_prefetch_t *e = (const void *)event;
    fixture_record(f, "  query=%.*s", TEXT(e->query));
  }
}

static int32_t event(void *self, const hf_event_t *e) {
  fixture_record(self,
                 "event kind=%llx seq=%llu session=%.*s number=%d key=%.*s agent=%.*s chat=%.*s",
                 (unsigned long long)e->kind, (unsigned long long)e->seq, TEXT(e->session_id),
                 e->session != 0, TEXT(e->session_key), TEXT(e->agent), TEXT(e->chat));
  fixture_record(self, "  user=%.*s scope=%.*s reason=%.*s epoch=%llu turns=%llu-%llu flags=%u",
                 TEXT(e->user), TEXT(e->scope), TEXT(e->reason), (unsigned long long)e->epoch,
                 (unsigned long long)e->turn_first, (unsigned long long)e->turn_last, e->flags);
  record_tail(self, e);
  return fixture_is(e->reason, "fail") ? HF_E_FAILED : HF_OK;
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .events = HF_EVENT_SESSION_OPENED | HF_EVENT_SESSION_SWITCHED | HF_EVENT_SESSION_ENDED |
              HF_EVENT_TURN_STARTED | HF_EVENT_TURN_COMPLETED | HF_EVENT_PREFETCH_REQUESTED |
              HF_EVENT_MESSAGE_RECEIVED | HF_EVENT_CONFIG_CHANGED,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .event = event,
};

FIXTURE_ENTRY
