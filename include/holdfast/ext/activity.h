/* holdfast.host.activity/1: a plugin says what it is at, so that a session which waits for it is
 * not taken for one that is stuck, and so that people see what it waits for. Nobody has to: calls
 * of the host and what is pushed for them count by themselves. */
#ifndef HOLDFAST_EXT_ACTIVITY_H
#define HOLDFAST_EXT_ACTIVITY_H

#include <holdfast/base.h>

#define HF_HOST_ACTIVITY_ID "holdfast.host.activity/1"

/* Work. */
#define HF_ACTIVITY_MODEL_CALL 1u
#define HF_ACTIVITY_TOOL_CALL 2u
#define HF_ACTIVITY_RUN 3u
/* Waits that are nobody's fault; they need a deadline, and count until then at most. */
#define HF_ACTIVITY_PROVIDER_WAIT 4u /* a provider said when it wants to be asked again */
#define HF_ACTIVITY_PERSON_WAIT 5u   /* a person was asked something */

HF_BEGIN

/* Work that is taken up. It belongs to an operation, and ends with that at the latest, whatever the
 * plugin does; or to a session alone, and then ends with the plugin at the latest. Such work has no
 * owner: it never holds up its session, and the host may end it. */
typedef struct hf_activity {
  uint32_t size;
  uint32_t kind;        /* HF_ACTIVITY_* */
  hf_op_t op;           /* of a call to this plugin that is not over; 0: of the session alone */
  uint64_t deadline_ms; /* from now, when it means to be over at the latest; 0: it does not say */
  hf_str_t session_id;  /* as in hf_head_t; may be empty if there is an op */
  hf_str_t name;        /* for people: what is called; at most 128 bytes */
  uint64_t reserved[4];
} hf_activity_t;

/* What the host's service answers for HF_HOST_ACTIVITY_ID. */
typedef struct hf_host_activity {
  uint32_t size;
  uint32_t reserved0;

  /* [any] since 1.0. Takes up work; *token names it from then on, and nothing else ever. The host
   * copies activity; token is borrowed until it returns.
   * HF_OK, HF_E_ARGUMENT (an unknown kind, neither op nor session, a wait without a deadline),
   * HF_E_STALE (the operation is over), HF_E_TOO_LARGE (the name), HF_E_MALFORMED (not UTF-8, or no
   * id of a session), HF_E_BUSY (256 of this instance are open). */
  int32_t (*HF_NONNULL begin)(void *HF_NULLABLE ctx, const hf_activity_t *HF_NONNULL activity,
                              uint64_t *HF_NONNULL token);

  /* [any] since 1.0. Something came of it: a piece of an answer, a page, a status; never a sign of
   * life that says nothing of the work. reason says of what kind, at most 128 bytes; the host
   * copies it. Of many within 100 ms with the same reason one counts.
   * HF_OK, HF_E_STALE (it is over), HF_E_TOO_LARGE, HF_E_MALFORMED (not UTF-8), HF_E_BUSY (another
   * reason within 10 ms; dropped). */
  int32_t (*HF_NONNULL progress)(void *HF_NULLABLE ctx, uint64_t token, hf_str_t reason);

  /* [any] since 1.0. It is over.
   * HF_OK, HF_E_STALE (it was over). */
  int32_t (*HF_NONNULL end)(void *HF_NULLABLE ctx, uint64_t token);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_host_activity_t;

HF_END

#endif
