/* holdfast.model.tools/1: a model that calls tools. Beside holdfast.model/1, which a plugin that
 * offers this has too: summaries are asked for there, answers here. */
#ifndef HOLDFAST_EXT_MODEL_TOOLS_H
#define HOLDFAST_EXT_MODEL_TOOLS_H

#include <holdfast/base.h>
#include <holdfast/event.h>
#include <holdfast/ext/model.h>
#include <holdfast/ext/tools.h>

#define HF_MODEL_TOOLS_ID "holdfast.model.tools/1"
#define HF_HOST_MODEL_TOOLS_ID "holdfast.host.model.tools/1"

HF_BEGIN

/* A call that a model asks for. */
typedef struct hf_tool_request {
  uint32_t size;
  uint32_t reserved0;
  hf_str_t id;        /* the model's own, different from the others of its answer; may be empty; at
                         most 256 bytes */
  hf_str_t name;      /* as in hf_model_tools_request_t.tools */
  hf_str_t arguments; /* JSON; empty counts as {}; at most 64 KiB. What does not fit the tool's
                         schema comes back as the result of the call, with the reason */
  uint64_t reserved[4];
} hf_tool_request_t;

/* A call of this turn that came to its end. */
typedef struct hf_tool_use {
  uint32_t size;
  uint32_t round; /* from 1; calls of one answer have the same */
  int32_t status; /* HF_OK, or why there is no result */
  uint32_t reserved0;
  hf_str_t id;
  hf_str_t name;
  hf_str_t arguments;
  hf_str_t result; /* or, after a failure, the reason in words */
  hf_str_t said;   /* what the model wrote before it asked, with the first call of its round */
  uint64_t reserved[4];
} hf_tool_use_t;

/* One request. Its history has the results of former turns' tools as messages of HF_ROLE_TOOL,
 * between the person's message and the answer; hf_model_t.respond is not given those. */
typedef struct hf_model_tools_request {
  hf_model_request_t request; /* its head has the size of the whole */
  const hf_tool_t *HF_NULLABLE tools; /* each under the name that it is called by */
  uint64_t tool_count;
  const hf_tool_use_t *HF_NULLABLE uses; /* of this turn so far, in their order */
  uint64_t use_count;
  uint32_t rounds_left; /* 0: no more calls are taken; the answer is due */
  uint32_t reserved0;
  uint64_t reserved[4];
} hf_model_tools_request_t;

/* What the plugin's query answers for HF_MODEL_TOOLS_ID. */
typedef struct hf_model_tools {
  uint32_t size;
  uint32_t reserved0;

  /* [plugin] since 1.0. As hf_model_t.respond. An answer for which calls were asked is not the
   * turn's: the tools run, and a further request comes with their results. Borrowed until it
   * returns.
   * HF_OK, HF_PENDING, HF_E_FAILED (the person is told), HF_E_REFUSED. */
  int32_t (*HF_NONNULL respond)(void *HF_NULLABLE self,
                                const hf_model_tools_request_t *HF_NONNULL request);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_model_tools_t;

/* What the host's service answers for HF_HOST_MODEL_TOOLS_ID. */
typedef struct hf_host_model_tools {
  uint32_t size;
  uint32_t reserved0;

  /* [any] since 1.0. Asks for a call before the answer op; the host copies request. Calls of one
   * answer run beside each other as far as their plugins allow it.
   * HF_OK, HF_E_STALE, HF_E_ARGUMENT (no name), HF_E_TOO_LARGE (a field over its limit, or more
   * than 16 calls), HF_E_MALFORMED (not UTF-8), HF_E_DUPLICATE (an id of this answer),
   * HF_E_DENIED (no more calls are taken). */
  int32_t (*HF_NONNULL call)(void *HF_NULLABLE ctx, hf_op_t op,
                             const hf_tool_request_t *HF_NONNULL request);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_host_model_tools_t;

HF_END

#endif
