/* The keys of batches that a page has, or had before a person took them out: what was stored once
 * is not stored again. */
#ifndef FILE_MEMORY_KEYS_H
#define FILE_MEMORY_KEYS_H

#include <holdfast/base.h>
#include <stddef.h>

typedef struct key_print {
  uint64_t low, high;
} key_print_t;

/* Their fingerprints, in an open table; all zero is an empty set. */
typedef struct keys {
  key_print_t *slots;
  size_t room, count;
} keys_t;

int keys_have(const keys_t *keys, hf_str_t key);
/* 0 if there is no memory. */
int keys_add(keys_t *keys, hf_str_t key);
void keys_free(keys_t *keys);

#endif
