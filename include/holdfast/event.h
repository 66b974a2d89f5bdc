/* Events of the bus, and the head that every event and every request begins with. */
#ifndef HOLDFAST_EVENT_H
#define HOLDFAST_EVENT_H

#include <holdfast/base.h>

/* Kinds, one bit each, so that a plugin's mask is their union. A kind outside the mask is never
 * delivered; bits that this header does not name are reserved. */
#define HF_EVENT_SESSION_OPENED 0x1ull
#define HF_EVENT_SESSION_SWITCHED 0x2ull    /* hf_event_switched_t */
#define HF_EVENT_SESSION_ENDED 0x4ull
#define HF_EVENT_SESSION_DELETED 0x8ull
#define HF_EVENT_SESSION_COMPACTING 0x10ull
#define HF_EVENT_TURN_STARTED 0x20ull       /* hf_event_turn_t, without an answer */
#define HF_EVENT_TURN_COMPLETED 0x40ull     /* hf_event_turn_t */
#define HF_EVENT_TURN_INTERRUPTED 0x80ull   /* hf_event_turn_t, without an answer */
#define HF_EVENT_TURNS_WITHDRAWN 0x100ull   /* turn_first to turn_last of the head */
#define HF_EVENT_PREFETCH_REQUESTED 0x200ull /* hf_event_prefetch_t */
#define HF_EVENT_MEMORY_WRITTEN 0x400ull
#define HF_EVENT_DELEGATION_COMPLETED 0x800ull
#define HF_EVENT_MESSAGE_RECEIVED 0x1000ull /* hf_event_message_t */
#define HF_EVENT_MESSAGE_SENT 0x2000ull     /* hf_event_message_t */
#define HF_EVENT_CONFIG_CHANGED 0x4000ull   /* hf_event_config_t */
#define HF_EVENT_HOST_STOPPING 0x8000ull

/* Set in flags when the host delivers an event again after a restart. */
#define HF_FLAG_REDELIVERED 0x1u

HF_BEGIN

/* Every event and every request begins with this head: what a call is about never depends on what
 * the plugin remembers. Owned by the host, valid until the call returns. */
typedef struct hf_head {
  uint32_t size;  /* of the whole event or request */
  uint32_t flags; /* unknown flags are to be ignored */
  uint64_t kind;  /* HF_EVENT_* of an event, 0 of a request */
  hf_op_t op;     /* what hf_host_t.complete answers; 0 if nothing is to be answered */
  uint64_t seq;   /* strictly increasing per session and plugin; 0 for requests */
  uint64_t deadline_ns; /* CLOCK_MONOTONIC; 0: none */
  hf_session_t session; /* equal for equal session_id while the host runs; 0: none */
  uint64_t epoch;       /* of the session key */
  uint64_t turn_first;  /* range of turns that this is about, 0 if none */
  uint64_t turn_last;
  hf_str_t session_id;
  hf_str_t session_key;
  hf_str_t parent_id; /* the session this one came from; empty: none */
  hf_str_t scope;     /* whose memories these are; recall never crosses it */
  hf_str_t agent;
  hf_str_t channel; /* instance of the channel */
  hf_str_t chat;
  hf_str_t thread;
  hf_str_t user;
  hf_str_t reason; /* of a switch, an end, a flush: new, reset, resume, branch, compress, … */
  uint64_t reserved[4];
} hf_head_t;

/* An event with nothing beyond its head.
 *
 * HF_EVENT_SESSION_COMPACTING has an op where a memory provider may say what is to be kept: older
 * turns are about to be hidden behind a summary, and a text of at most 4096 bytes that is given
 * with complete before the deadline stands in it as it is. HF_OK: nothing. */
typedef hf_head_t hf_event_t;

/* The key of the head is bound to another session; the head names the old one. */
typedef struct hf_event_switched {
  hf_head_t head;
  hf_str_t new_session_id;
  hf_str_t new_parent_id;
  hf_session_t new_session;
  uint64_t new_epoch;
  uint32_t reset;   /* 1: the old session leaves the default listings */
  uint32_t rewound; /* 1: the new session shares turns with the old one */
  uint64_t reserved[4];
} hf_event_switched_t;

/* A turn; its index is turn_first of the head. */
typedef struct hf_event_turn {
  hf_head_t head;
  hf_str_t user_text;
  hf_str_t answer_text;
  int64_t started_ms; /* wall clock, Unix time */
  int64_t finished_ms;
  uint64_t reserved[4];
} hf_event_turn_t;

/* What is likely to be asked next. Answered like a recall: items with
 * hf_host_memory_t.recall_item for the op of the head, then complete. */
typedef struct hf_event_prefetch {
  hf_head_t head;
  hf_str_t query;
  uint32_t max_items;
  uint32_t max_chars;
  uint64_t reserved[4];
} hf_event_prefetch_t;

/* A message between a person and an agent. */
typedef struct hf_event_message {
  hf_head_t head;
  hf_str_t message_id; /* of the channel */
  hf_str_t text;
  uint64_t reserved[4];
} hf_event_message_t;

/* The plugin's new configuration, all of it, as in hf_config_t. */
typedef struct hf_event_config {
  hf_head_t head;
  hf_str_t json;
  const hf_pair_t *HF_NULLABLE pairs;
  uint64_t pair_count;
  uint64_t reserved[4];
} hf_event_config_t;

HF_END

#endif
