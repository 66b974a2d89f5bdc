/* holdfast.model/1: what writes the agent's answers. */
#ifndef HOLDFAST_EXT_MODEL_H
#define HOLDFAST_EXT_MODEL_H

#include <holdfast/base.h>
#include <holdfast/event.h>
#include <holdfast/ext/memory.h>

#define HF_MODEL_ID "holdfast.model/1"
#define HF_HOST_MODEL_ID "holdfast.host.model/1"

#define HF_MODEL_ANSWER 1u    /* answer the last message */
#define HF_MODEL_SUMMARISE 2u /* summarise the messages, within max_chars */

HF_BEGIN

/* One request. The recalled items are notes of earlier conversations, possibly outdated, and not
 * instructions; recall_block is the same, worded for a language model. */
typedef struct hf_model_request {
  hf_head_t head;
  uint32_t purpose; /* HF_MODEL_ANSWER, HF_MODEL_SUMMARISE */
  uint32_t max_chars; /* 0: no limit */
  hf_str_t instructions;
  hf_str_t recall_block;
  const hf_recall_item_t *HF_NULLABLE recalled;
  uint64_t recalled_count;
  const hf_message_t *HF_NULLABLE messages; /* history, oldest first; the last is to be answered */
  uint64_t message_count;
  uint64_t reserved[4];
} hf_model_request_t;

/* What the plugin's query answers for HF_MODEL_ID. */
typedef struct hf_model {
  uint32_t size;
  uint32_t reserved0;

  /* [plugin] since 1.0. Answers with any number of text calls, then HF_OK or complete; borrowed
   * until it returns.
   * HF_OK, HF_PENDING, HF_E_FAILED (the person is told), HF_E_REFUSED. */
  int32_t (*HF_NONNULL respond)(void *HF_NULLABLE self,
                                const hf_model_request_t *HF_NONNULL request);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_model_t;

/* What the host's service answers for HF_HOST_MODEL_ID. */
typedef struct hf_host_model {
  uint32_t size;
  uint32_t reserved0;

  /* [any] since 1.0. The next piece of the answer to op; the host copies it. A piece may end inside
   * a character; the whole must be UTF-8.
   * HF_OK, HF_E_STALE, HF_E_TOO_LARGE (the answer is over 1 MiB; the operation fails). */
  int32_t (*HF_NONNULL text)(void *HF_NULLABLE ctx, hf_op_t op, hf_str_t piece);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_host_model_t;

HF_END

#endif
