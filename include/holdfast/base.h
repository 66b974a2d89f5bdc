/* Types, status codes and version that every other header builds on. */
#ifndef HOLDFAST_BASE_H
#define HOLDFAST_BASE_H

#include <stdint.h>

#ifdef __cplusplus
#define HF_BEGIN extern "C" {
#define HF_END }
#else
#define HF_BEGIN
#define HF_END
#endif

#if defined(__clang__)
#define HF_NULLABLE _Nullable
#define HF_NONNULL _Nonnull
#else
#define HF_NULLABLE
#define HF_NONNULL
#endif

#define HF_EXPORT __attribute__((visibility("default")))

/* A host loads plugins of its own major version and of any minor version up to its own or beyond:
 * within a major version nothing that was published changes its layout or its meaning. */
#define HF_ABI_MAJOR 1u
#define HF_ABI_MINOR 0u

HF_BEGIN

/* UTF-8, not NUL-terminated. Borrowed: valid until the call it was passed to returns, in both
 * directions. ptr may be null when len is 0. */
typedef struct hf_str {
  const char *HF_NULLABLE ptr;
  uint64_t len; /* bytes */
} hf_str_t;

/* Any bytes; borrowed like hf_str_t. */
typedef struct hf_bytes {
  const uint8_t *HF_NULLABLE ptr;
  uint64_t len;
} hf_bytes_t;

/* A key with its value, both text; keys of nested settings are joined with dots. */
typedef struct hf_pair {
  hf_str_t key;
  hf_str_t value;
} hf_pair_t;

/* What the host owns is named by a number that carries its generation, never by a pointer: using
 * one after its end is answered with HF_E_STALE and does no harm. 0 names nothing. */
typedef uint64_t hf_op_t;
typedef uint64_t hf_session_t;

/* Status of a call. Positive values and 0 are not failures. An unknown negative value counts as
 * HF_E_FAILED. */
#define HF_OK 0
#define HF_PENDING 1        /* the answer follows with hf_host_t.complete */
#define HF_E_ARGUMENT (-1)  /* a parameter breaks its rule; the caller is at fault */
#define HF_E_UNSUPPORTED (-2)
#define HF_E_STALE (-3)     /* the operation is over: answered, cancelled or past its deadline */
#define HF_E_BUSY (-4)      /* not now; the same call may succeed later */
#define HF_E_TIMEOUT (-5)
#define HF_E_CANCELLED (-6)
#define HF_E_FAILED (-7)    /* for now; the host may repeat the call unchanged */
#define HF_E_REFUSED (-8)   /* for good: repeating this very call cannot succeed */
#define HF_E_CRASHED (-9)   /* the plugin ended while it held the operation */
#define HF_E_TOO_LARGE (-10)
#define HF_E_MALFORMED (-11) /* not UTF-8, or not of the form that was asked for */
#define HF_E_DUPLICATE (-12)
#define HF_E_DENIED (-13)
#define HF_E_STOPPING (-14)
#define HF_E_NOT_FOUND (-15)
#define HF_E_UNKNOWN (-16)  /* may or may not have taken effect; the caller assumes neither */

HF_END

/* The text of a literal, for C. */
#ifndef __cplusplus
#define HF_STR(literal) ((hf_str_t){(literal), sizeof(literal) - 1})
#else
#define HF_STR(literal) (hf_str_t{(literal), sizeof(literal) - 1})
#endif

#endif
