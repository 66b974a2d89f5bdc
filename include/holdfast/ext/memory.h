/* holdfast.memory/1: a memory provider. The host buffers, orders, repeats and withdraws; the
 * provider stores what a batch says and finds it again. */
#ifndef HOLDFAST_EXT_MEMORY_H
#define HOLDFAST_EXT_MEMORY_H

#include <holdfast/base.h>
#include <holdfast/event.h>

#define HF_MEMORY_ID "holdfast.memory/1"
#define HF_HOST_MEMORY_ID "holdfast.host.memory/1"

#define HF_ROLE_USER 1u
#define HF_ROLE_ASSISTANT 2u
#define HF_ROLE_SYSTEM 3u
#define HF_ROLE_TOOL 4u /* what a tool answered; name is the tool's */

HF_BEGIN

typedef struct hf_message {
  uint32_t size;
  uint32_t role;   /* HF_ROLE_* */
  int64_t time_ms; /* wall clock, Unix time */
  hf_str_t text;
  hf_str_t name; /* of the sender or the tool; may be empty */
  uint64_t reserved[4];
} hf_message_t;

typedef struct hf_turn {
  uint32_t size;
  uint32_t reserved0;
  uint64_t index; /* counts from 1 in its session, never used twice */
  const hf_message_t *HF_NULLABLE messages;
  uint64_t message_count;
  uint64_t reserved[4];
} hf_turn_t;

/* A batch. It carries its own identity: session, document, parent, tags and scope are those of its
 * turns, whatever is current by now. The same key always comes with the same content. */
typedef struct hf_retain {
  hf_head_t head; /* turn_first, turn_last: outer bounds; withdrawn turns between them are absent */
  hf_str_t key;   /* UUID. A key that was stored before: answer HF_OK and store nothing */
  hf_str_t document_id;
  const hf_turn_t *HF_NULLABLE turns;
  uint64_t turn_count;
  const hf_str_t *HF_NULLABLE tags;
  uint64_t tag_count;
  const hf_pair_t *HF_NULLABLE metadata;
  uint64_t metadata_count;
  uint32_t attempt;  /* 1 for the first */
  uint32_t repeated; /* 1: an earlier attempt may have been stored */
  uint64_t reserved[4];
} hf_retain_t;

/* One turn that a person took back, and the batch it had gone out with: zeros and an empty key if
 * the host does not know it any more, half a year after it was acknowledged. */
typedef struct hf_withdrawal {
  uint64_t turn;
  uint64_t batch_first;
  uint64_t batch_last;
  hf_str_t batch_key;
  uint64_t reserved[4];
} hf_withdrawal_t;

typedef struct hf_withdraw {
  hf_head_t head;
  hf_str_t key; /* UUID of this withdrawal */
  hf_str_t document_id;
  const hf_withdrawal_t *HF_NULLABLE withdrawals;
  uint64_t withdrawal_count;
  uint64_t reserved[4];
} hf_withdraw_t;

typedef struct hf_recall {
  hf_head_t head; /* scope: nothing outside of it may be answered */
  hf_str_t query;
  uint32_t max_items;
  uint32_t max_chars;
  uint64_t reserved[4];
} hf_recall_t;

typedef struct hf_recall_item {
  uint32_t size;
  uint32_t flags;
  double score;    /* higher is nearer; comparable within one answer only */
  int64_t time_ms; /* when the memory was made, wall clock; 0: unknown */
  hf_str_t text;
  hf_str_t session_id; /* where it stems from; empty: unknown */
  hf_str_t scope;      /* must equal the request's, or the host drops the item */
  uint64_t turn_first; /* 0: unknown */
  uint64_t turn_last;
  uint64_t reserved[4];
} hf_recall_item_t;

/* What the plugin's query answers for HF_MEMORY_ID. */
typedef struct hf_memory {
  uint32_t size;
  uint32_t reserved0;

  /* [plugin] since 1.0. Stores the batch, durably, all or nothing; borrowed until it returns.
   * HF_OK, HF_PENDING, HF_E_FAILED (repeated later, unchanged, for ever), HF_E_REFUSED (this batch
   * can never be stored: parked for a person), HF_E_UNKNOWN (may have been stored). */
  int32_t (*HF_NONNULL retain)(void *HF_NULLABLE self, const hf_retain_t *HF_NONNULL batch);

  /* [plugin] since 1.0. Removes the turns, and whatever was derived from them alone; a turn that is
   * not there counts as removed. Borrowed until it returns.
   * HF_OK, HF_PENDING, HF_E_FAILED (repeated later). */
  int32_t (*HF_NULLABLE withdraw)(void *HF_NULLABLE self, const hf_withdraw_t *HF_NONNULL request);

  /* [plugin] since 1.0. Finds memories of the scope; gives each with recall_item, best first,
   * before it returns HF_OK or completes. Borrowed until it returns.
   * HF_OK, HF_PENDING, HF_E_FAILED. */
  int32_t (*HF_NULLABLE recall)(void *HF_NULLABLE self, const hf_recall_t *HF_NONNULL request);

  /* [plugin] since 1.0. Standing text for the model's instructions, given with complete on the op
   * of the head, which is answered with HF_PENDING. head is borrowed until it returns.
   * HF_PENDING, HF_OK (none), HF_E_FAILED. */
  int32_t (*HF_NULLABLE instructions)(void *HF_NULLABLE self, const hf_head_t *HF_NONNULL head);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_memory_t;

/* What the host's service answers for HF_HOST_MEMORY_ID. */
typedef struct hf_host_memory {
  uint32_t size;
  uint32_t reserved0;

  /* [any] since 1.0. One result of the recall or prefetch op; the host copies item.
   * HF_OK, HF_E_STALE, HF_E_DENIED (another scope), HF_E_TOO_LARGE (more than was asked for),
   * HF_E_MALFORMED (not UTF-8), HF_E_ARGUMENT. */
  int32_t (*HF_NONNULL recall_item)(void *HF_NULLABLE ctx, hf_op_t op,
                                    const hf_recall_item_t *HF_NONNULL item);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_host_memory_t;

HF_END

#endif
