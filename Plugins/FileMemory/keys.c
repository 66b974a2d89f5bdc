#include "keys.h"

#include <stdlib.h>

static key_print_t print_of(hf_str_t key) {
  key_print_t print = {0xcbf29ce484222325u, 0x9ae16a3b2f90404fu};
  for (uint64_t i = 0; i < key.len; i++) {
    print.low = (print.low ^ (unsigned char)key.ptr[i]) * 0x100000001b3u;
    print.high = (print.high + (unsigned char)key.ptr[i]) * 0x9e3779b97f4a7c15u;
    print.high ^= print.high >> 29;
  }
  print.high |= 1; /* an empty slot has none */
  return print;
}

/* The slot that the fingerprint is in, or would be. */
static size_t slot_of(const keys_t *keys, key_print_t print) {
  size_t slot = print.low & (keys->room - 1);
  while (keys->slots[slot].high != 0 &&
         (keys->slots[slot].low != print.low || keys->slots[slot].high != print.high))
    slot = (slot + 1) & (keys->room - 1);
  return slot;
}

int keys_have(const keys_t *keys, hf_str_t key) {
  if (keys->count == 0) return 0;
  return keys->slots[slot_of(keys, print_of(key))].high != 0;
}

static int grow(keys_t *keys) {
  keys_t larger = {.room = keys->room ? keys->room * 2 : 64, .count = keys->count};
  larger.slots = calloc(larger.room, sizeof *larger.slots);
  if (!larger.slots) return 0;
  for (size_t i = 0; i < keys->room; i++)
    if (keys->slots[i].high != 0) larger.slots[slot_of(&larger, keys->slots[i])] = keys->slots[i];
  free(keys->slots);
  *keys = larger;
  return 1;
}

int keys_add(keys_t *keys, hf_str_t key) {
  if (keys->count * 2 >= keys->room && !grow(keys)) return 0;
  key_print_t print = print_of(key);
  size_t slot = slot_of(keys, print);
  keys->count += keys->slots[slot].high == 0;
  keys->slots[slot] = print;
  return 1;
}

void keys_free(keys_t *keys) {
  free(keys->slots);
  *keys = (keys_t){0};
}
