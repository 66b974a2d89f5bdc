/* holdfast.channel/1: where people and agents exchange messages. */
#ifndef HOLDFAST_EXT_CHANNEL_H
#define HOLDFAST_EXT_CHANNEL_H

#include <holdfast/base.h>
#include <holdfast/event.h>

#define HF_CHANNEL_ID "holdfast.channel/1"
#define HF_HOST_CHANNEL_ID "holdfast.host.channel/1"

#define HF_CHAT_DM 1u
#define HF_CHAT_GROUP 2u

/* The unit of hf_channel_t.max_length. */
#define HF_UNIT_BYTES 1u
#define HF_UNIT_CHARACTERS 2u /* Unicode scalar values */
#define HF_UNIT_UTF16 3u

#define HF_HEALTH_STARTING 1u
#define HF_HEALTH_CONNECTED 2u
#define HF_HEALTH_DEGRADED 3u
#define HF_HEALTH_STOPPED 4u

HF_BEGIN

typedef struct hf_attachment {
  uint32_t size;
  uint32_t reserved0;
  hf_str_t name;
  hf_str_t media_type;
  hf_str_t path;    /* absolute, or empty when content is given */
  hf_bytes_t content;
  uint64_t reserved[4];
} hf_attachment_t;

/* A message from a person. The host copies it. */
typedef struct hf_inbound {
  uint32_t size;
  uint32_t chat_kind; /* HF_CHAT_* */
  uint64_t token;     /* the plugin's own; comes back in the receipt */
  int64_t sent_ms;    /* wall clock, Unix time */
  hf_str_t account;    /* of the channel; with message_id it tells a duplicate */
  hf_str_t message_id; /* of the platform */
  hf_str_t chat;       /* id of the conversation */
  hf_str_t thread;     /* empty: none */
  hf_str_t title;      /* of the conversation, for people */
  hf_str_t user;       /* id of the sender */
  hf_str_t user_name;
  hf_str_t text;
  hf_str_t reply_to; /* message id, or empty */
  uint32_t from_bot; /* 1: the sender is a program */
  uint32_t mentioned; /* 1: the agent was addressed; of use in groups */
  const hf_attachment_t *HF_NULLABLE attachments;
  uint64_t attachment_count;
  const hf_pair_t *HF_NULLABLE attributes;
  uint64_t attribute_count;
  uint64_t reserved[4];
} hf_inbound_t;

/* The host's answer to an inbound message. */
typedef struct hf_receipt {
  uint32_t size;
  int32_t status; /* HF_OK: it is in the journal. HF_E_DUPLICATE: it was before. HF_E_BUSY: again
                     after retry_after_ms. HF_E_DENIED, HF_E_TOO_LARGE, HF_E_MALFORMED,
                     HF_E_STOPPING */
  uint64_t token;
  uint64_t retry_after_ms;
  hf_str_t message_id;
  hf_str_t text; /* the reason, for people */
  uint64_t reserved[4];
} hf_receipt_t;

/* One part of a reply; parts of a conversation come in order, one at a time. */
typedef struct hf_send {
  hf_head_t head;
  hf_str_t key; /* UUID; the same part always has the same key */
  hf_str_t account;
  hf_str_t chat;
  hf_str_t thread;
  hf_str_t reply_to; /* message id this answers, or empty */
  hf_str_t text;
  uint32_t part; /* from 1 */
  uint32_t part_count;
  uint32_t repeated; /* 1: an earlier attempt may have been delivered */
  uint32_t notice;   /* 1: the host speaks, not the agent: a command's answer, an error */
  uint64_t reserved[4];
} hf_send_t;

/* Edits, deletes or reacts to a message that was sent, or shows typing. */
typedef struct hf_channel_act {
  hf_head_t head;
  hf_str_t account;
  hf_str_t chat;
  hf_str_t thread;
  hf_str_t message_id; /* of the platform; empty for typing */
  hf_str_t text;       /* new text, or the reaction */
  uint64_t reserved[4];
} hf_channel_act_t;

/* What the plugin's query answers for HF_CHANNEL_ID. */
typedef struct hf_channel {
  uint32_t size;
  uint32_t unit;       /* HF_UNIT_* */
  uint64_t max_length; /* longest text of one part, in unit; 0: no limit */

  /* [plugin] since 1.0. Begins to receive; may answer HF_PENDING while it connects. head is
   * borrowed until it returns.
   * HF_OK, HF_PENDING, HF_E_FAILED (tried again later). */
  int32_t (*HF_NONNULL start)(void *HF_NULLABLE self, const hf_head_t *HF_NONNULL head);

  /* [plugin] since 1.0. Stops receiving; receive is refused with HF_E_STOPPING by now. head is
   * borrowed until it returns.
   * HF_OK, HF_PENDING, HF_E_FAILED. */
  int32_t (*HF_NONNULL stop)(void *HF_NULLABLE self, const hf_head_t *HF_NONNULL head);

  /* [plugin] since 1.0. Delivers one part; borrowed until it returns. The text of a completion is
   * the platform's id of the message.
   * HF_OK, HF_PENDING, HF_E_FAILED or HF_E_BUSY (not delivered, tried again), HF_E_REFUSED (never),
   * HF_E_UNKNOWN (may have been delivered; shown as such, not repeated blindly). */
  int32_t (*HF_NONNULL send)(void *HF_NULLABLE self, const hf_send_t *HF_NONNULL part);

  /* [plugin] since 1.0. Answer to a receive; borrowed until it returns. */
  void (*HF_NONNULL receipt)(void *HF_NULLABLE self, const hf_receipt_t *HF_NONNULL receipt);

  /* [plugin] since 1.0. Replaces the text of a message that was sent; borrowed until it returns.
   * HF_OK, HF_PENDING, HF_E_FAILED, HF_E_REFUSED. */
  int32_t (*HF_NULLABLE edit)(void *HF_NULLABLE self, const hf_channel_act_t *HF_NONNULL act);

  /* [plugin] since 1.0. Takes back a message that was sent; borrowed until it returns.
   * HF_OK, HF_PENDING, HF_E_FAILED, HF_E_REFUSED. */
  int32_t (*HF_NULLABLE remove)(void *HF_NULLABLE self, const hf_channel_act_t *HF_NONNULL act);

  /* [plugin] since 1.0. Adds the reaction in text to a message; borrowed until it returns.
   * HF_OK, HF_PENDING, HF_E_FAILED, HF_E_REFUSED. */
  int32_t (*HF_NULLABLE react)(void *HF_NULLABLE self, const hf_channel_act_t *HF_NONNULL act);

  /* [plugin] since 1.0. Shows for a few seconds that an answer is being written; borrowed until it
   * returns.
   * HF_OK, HF_PENDING, HF_E_FAILED, HF_E_REFUSED. */
  int32_t (*HF_NULLABLE typing)(void *HF_NULLABLE self, const hf_channel_act_t *HF_NONNULL act);

  /* [plugin] since 1.0. Proves that the connection works; head is borrowed until it returns.
   * HF_OK, HF_PENDING, HF_E_FAILED. */
  int32_t (*HF_NULLABLE probe)(void *HF_NULLABLE self, const hf_head_t *HF_NONNULL head);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_channel_t;

/* What the host's service answers for HF_HOST_CHANNEL_ID. */
typedef struct hf_host_channel {
  uint32_t size;
  uint32_t reserved0;

  /* [any] since 1.0. Hands a message over; the host copies it and answers with a receipt. At most
   * 1 MiB of text.
   * HF_OK (a receipt follows, and only then), HF_E_BUSY (too many without a receipt; try again),
   * HF_E_TOO_LARGE, HF_E_MALFORMED (not UTF-8), HF_E_ARGUMENT, HF_E_STOPPING. */
  int32_t (*HF_NONNULL receive)(void *HF_NULLABLE ctx, const hf_inbound_t *HF_NONNULL message);

  /* [any] since 1.0. Reports an account's health, HF_HEALTH_*; the host copies the texts.
   * HF_OK, HF_E_ARGUMENT. */
  int32_t (*HF_NONNULL health)(void *HF_NULLABLE ctx, hf_str_t account, uint32_t health,
                               hf_str_t reason);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_host_channel_t;

HF_END

#endif
