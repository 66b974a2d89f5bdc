/* holdfast.tools/1: functions that a model may call. The host checks the arguments, keeps the
 * deadline and brings the result back to the turn that asked; the plugin only does the work. */
#ifndef HOLDFAST_EXT_TOOLS_H
#define HOLDFAST_EXT_TOOLS_H

#include <holdfast/base.h>
#include <holdfast/event.h>

#define HF_TOOLS_ID "holdfast.tools/1"
#define HF_HOST_TOOLS_ID "holdfast.host.tools/1"

/* The tool changes nothing, whatever its arguments are. Without it the tool counts as one that
 * changes something. */
#define HF_TOOL_READ_ONLY 0x1u

HF_BEGIN

/* A tool as it is offered. A plugin names it alone; a model sees it as `<instance>__<name>`, which
 * has at most 64 bytes together, or the tool is left out and shown as such. */
typedef struct hf_tool {
  uint32_t size;
  uint32_t flags;       /* HF_TOOL_*; unknown flags are to be ignored */
  hf_str_t name;        /* A-Z a-z 0-9 _ -, at least one and at most 64 */
  hf_str_t description; /* for the model; at most 4096 bytes */
  hf_str_t schema;      /* JSON Schema of its arguments, an object of at most 64 KiB; empty: an
                           object of any content */
  uint64_t reserved[4];
} hf_tool_t;

/* One call. Its row is in the journal before the plugin hears of it, and it is never made again:
 * a turn that ended in the middle of it, also by a crash of the host, is not run another time. */
typedef struct hf_tool_call {
  hf_head_t head; /* the session that asks; scope: nothing outside of it may be answered */
  hf_str_t key;   /* UUID of this call */
  hf_str_t name;  /* of the tool, as the plugin names it */
  hf_str_t arguments; /* one JSON object; it has what the schema requires, of the types it names */
  const hf_pair_t *HF_NULLABLE pairs; /* the same, flattened, in the order of their keys: nested
                                         names joined with dots, places in lists counted from 0;
                                         without null and without what is empty */
  uint64_t pair_count;
  uint64_t reserved[4];
} hf_tool_call_t;

/* What the plugin's query answers for HF_TOOLS_ID. */
typedef struct hf_tools {
  uint32_t size;
  uint32_t reserved0;

  /* [plugin] since 1.0. Gives each tool with hf_host_tools_t.tool before it returns HF_OK or
   * completes; asked after create and after hf_host_tools_t.changed. The former list stands until
   * then, and after a failure. head is borrowed until it returns.
   * HF_OK, HF_PENDING, HF_E_FAILED (asked again later). */
  int32_t (*HF_NONNULL list)(void *HF_NULLABLE self, const hf_head_t *HF_NONNULL head);

  /* [plugin] since 1.0. Does the work. The result is what was given with hf_host_tools_t.result,
   * else the text of complete. After a failure the explanation is what the model reads. Borrowed
   * until it returns.
   * HF_OK, HF_PENDING, HF_E_ARGUMENT (arguments that make no sense), HF_E_NOT_FOUND (no such tool),
   * HF_E_FAILED, HF_E_REFUSED, HF_E_UNKNOWN (may have taken effect). */
  int32_t (*HF_NONNULL call)(void *HF_NULLABLE self, const hf_tool_call_t *HF_NONNULL call);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_tools_t;

/* What the host's service answers for HF_HOST_TOOLS_ID. */
typedef struct hf_host_tools {
  uint32_t size;
  uint32_t reserved0;

  /* [any] since 1.0. One tool of the list op; the host copies it.
   * HF_OK, HF_E_STALE, HF_E_ARGUMENT (its name), HF_E_TOO_LARGE (a field over its limit, or more
   * than 128 tools), HF_E_MALFORMED (not UTF-8, or a schema that is no JSON object),
   * HF_E_DUPLICATE (a tool of that name was given). */
  int32_t (*HF_NONNULL tool)(void *HF_NULLABLE ctx, hf_op_t op, const hf_tool_t *HF_NONNULL tool);

  /* [any] since 1.0. The next piece of the result of the call op, for the model: text, which may be
   * JSON; the host copies it. A piece may end inside a character; the whole must be UTF-8.
   * HF_OK, HF_E_STALE, HF_E_TOO_LARGE (the result is over 256 KiB; the call fails). */
  int32_t (*HF_NONNULL result)(void *HF_NULLABLE ctx, hf_op_t op, hf_str_t piece);

  /* [any] since 1.0. The tools are others now: the host asks for the list again.
   * HF_OK. */
  int32_t (*HF_NONNULL changed)(void *HF_NULLABLE ctx);

  void (*HF_NULLABLE reserved_functions[8])(void);
  uint64_t reserved[4];
} hf_host_tools_t;

HF_END

#endif
