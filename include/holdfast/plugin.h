/* What a plugin offers the host, and its one exported function. */
#ifndef HOLDFAST_PLUGIN_H
#define HOLDFAST_PLUGIN_H

#include <holdfast/base.h>
#include <holdfast/event.h>
#include <holdfast/host.h>

/* How many callbacks of one instance may run at a time; see hf_plugin_t.concurrency. */
#define HF_CONCURRENCY_INSTANCE 0u   /* one */
#define HF_CONCURRENCY_READ_WRITE 1u /* one that writes (events, retain, withdraw, send) beside one
                                        that reads (recall, instructions, respond,
                                        tools) */
#define HF_CONCURRENCY_SESSION 2u    /* one per session, of at most 8 sessions at a time; while
                                        retain returns HF_PENDING, batches of up to 64
                                        sessions are under way, from the same 8 threads */
#define HF_CONCURRENCY_AFFINE 3u     /* one, always on the same thread */

HF_BEGIN

/* Constant for the life of the process. One table serves any number of instances; `self` tells
 * them apart. Functions that are null count as absent. */
typedef struct hf_plugin {
  uint32_t size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t concurrency; /* HF_CONCURRENCY_* */
  uint64_t events;      /* union of the HF_EVENT_* wanted */

  /* [starting] since 1.0. Makes an instance and stores what is to be passed as self; may take up to
   * its deadline (10 s) without delaying anybody. host stays valid until destroy returns, config
   * until create does; self is the plugin's own and is never read by the host.
   * HF_OK, or a failure, explained with hf_host_t.explain; then destroy is not called. */
  int32_t (*HF_NONNULL create)(const hf_host_t *HF_NONNULL host,
                               const hf_config_t *HF_NONNULL config,
                               void *HF_NULLABLE *HF_NONNULL self);

  /* [plugin] since 1.0. Ends the instance; called once, last. When it returns, no thread of the
   * plugin uses the host table any more. */
  void (*HF_NONNULL destroy)(void *HF_NULLABLE self);

  /* [plugin] since 1.0. An event of the mask; borrowed until it returns.
   * HF_OK, HF_PENDING (complete follows), or a failure: counted and shown, the event counts as
   * handled. */
  int32_t (*HF_NULLABLE event)(void *HF_NULLABLE self, const hf_event_t *HF_NONNULL event);

  /* [plugin] since 1.0. The host has no more use for op, which answered HF_PENDING: its deadline is
   * over or its session has moved on. An answer to it is refused with HF_E_STALE. */
  void (*HF_NULLABLE on_cancel)(void *HF_NULLABLE self, hf_op_t op);

  /* [plugin] since 1.0. The table of an extension such as HF_MEMORY_ID, or null. Owned by the
   * plugin, constant for the life of the process; asked once for each extension after create. id is
   * borrowed until it returns. */
  const void *HF_NULLABLE (*HF_NULLABLE query)(void *HF_NULLABLE self, hf_str_t id);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_plugin_t;

/* The start of a table in C:
 * `static const hf_plugin_t plugin = {HF_PLUGIN_HEAD, .create = …};` */
#define HF_PLUGIN_HEAD \
  .size = sizeof(hf_plugin_t), .abi_major = HF_ABI_MAJOR, .abi_minor = HF_ABI_MINOR

/* [starting] since 1.0. The entry that a plugin exports, and the only one. Called once for each
 * instance, before create, and must only return its table: host is valid until it returns. Null
 * refuses to be loaded. */
HF_EXPORT const hf_plugin_t *HF_NULLABLE hf_plugin_main(const hf_host_t *HF_NONNULL host);

HF_END

#endif
