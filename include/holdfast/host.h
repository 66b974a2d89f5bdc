/* What the host offers every plugin. */
#ifndef HOLDFAST_HOST_H
#define HOLDFAST_HOST_H

#include <holdfast/base.h>

#define HF_LOG_ERROR 1
#define HF_LOG_WARNING 2
#define HF_LOG_INFO 3
#define HF_LOG_DEBUG 4

HF_BEGIN

/* The plugin's settings, valid until create returns. */
typedef struct hf_config {
  uint32_t size;
  uint32_t reserved0;
  hf_str_t instance; /* name of this instance in the configuration */
  hf_str_t json;     /* the plugin's own settings as one JSON object, secrets resolved */
  const hf_pair_t *HF_NULLABLE pairs; /* the same, flattened, in the order of their keys */
  uint64_t pair_count;
  hf_str_t state_dir;   /* absolute, exists, this instance's own */
  hf_str_t runtime_dir; /* absolute, exists, for sockets; shared by the host's plugins */
  uint64_t reserved[4];
} hf_config_t;

/* One table per instance. The plugin may keep the pointer from create until destroy returns, and
 * no other host pointer. Calls queue in the host and never re-enter the plugin. */
typedef struct hf_host {
  uint32_t size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t reserved0;
  void *HF_NULLABLE ctx; /* to be passed to each function of this table and of its services */

  /* [any] since 1.0. Answers the operation op; text is a result or an explanation for people, the
   * host copies it. Exactly one answer counts.
   * HF_OK, HF_E_STALE (a second or a late answer: counted, harmless), HF_E_ARGUMENT (status is
   * HF_PENDING, or text is not UTF-8; the operation then counts as failed). */
  int32_t (*HF_NONNULL complete)(void *HF_NULLABLE ctx, hf_op_t op, int32_t status, hf_str_t text);

  /* [any] since 1.0. Tells whether op is still wanted.
   * HF_OK, HF_E_CANCELLED, HF_E_STALE. */
  int32_t (*HF_NONNULL wanted)(void *HF_NULLABLE ctx, hf_op_t op);

  /* [plugin] since 1.0. Says, in words for people, why the call in progress is about to return a
   * failure; the host copies text and shows it with the failure. The last one counts.
   * HF_OK, HF_E_ARGUMENT (no call of this plugin is in progress on this thread). */
  int32_t (*HF_NONNULL explain)(void *HF_NULLABLE ctx, hf_str_t text);

  /* [any] since 1.0. Adds a line to the host's log under the plugin's name; the host copies text.
   * level is HF_LOG_*. Never message texts or secrets.
   * HF_OK, HF_E_BUSY (over the rate limit; dropped and counted), HF_E_ARGUMENT. */
  int32_t (*HF_NONNULL log)(void *HF_NULLABLE ctx, int32_t level, hf_str_t text);

  /* [any] since 1.0. The monotonic clock that deadlines are given in, in nanoseconds.
   * Always succeeds. */
  uint64_t (*HF_NONNULL now_ns)(void *HF_NULLABLE ctx);

  /* [any] since 1.0. The table of a host service, such as HF_HOST_MEMORY_ID, or null where this
   * host lacks it. Owned by the host, valid until destroy returns; id is borrowed. */
  const void *HF_NULLABLE (*HF_NONNULL service)(void *HF_NULLABLE ctx, hf_str_t id);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_host_t;

HF_END

#endif
