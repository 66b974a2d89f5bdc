/* Lines of name=value fields, as scripted plugins tell them to a test. */
#pragma once
#include <errno.h>

#include "fixture.h"

/* Text that grows. */
typedef struct text {
  char *bytes;
  size_t length, room;
} text_t;

static inline void text_add(text_t *text, const char *bytes, size_t length) {
  if (text->length + length + 1 > text->room) {
    text->room = 2 * (text->length + length + 1);
    text->bytes = realloc(text->bytes, text->room);
    if (!text->bytes) abort();
  }
  if (length > 0) memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = 0;
}

static inline void text_word(text_t *text, const char *word) { text_add(text, word, strlen(word)); }

static inline void text_escaped(text_t *text, hf_str_t value) {
  for (uint64_t i = 0; i < value.len; i++) {
    char byte = value.ptr[i];
    const char *escape = byte == '\\' ? "\\\\"
                         : byte == '\n' ? "\\n"
                         : byte == '\t' ? "\\t"
                         : byte == '\r' ? "\\r"
                                        : NULL;
    if (escape) text_word(text, escape);
    else text_add(text, &byte, 1);
  }
}

static inline void text_field(text_t *text, const char *name, hf_str_t value) {
  text_word(text, "\t");
  text_word(text, name);
  text_word(text, "=");
  text_escaped(text, value);
}

static inline void text_number(text_t *text, const char *name, uint64_t value) {
  char number[24];
  int length = snprintf(number, sizeof number, "%llu", (unsigned long long)value);
  text_field(text, name, (hf_str_t){number, (uint64_t)length});
}

/* What every event and request begins with. */
static inline void text_head(text_t *text, const hf_head_t *head) {
  text_number(text, "op", head->op);
  text_number(text, "seq", head->seq);
  text_number(text, "epoch", head->epoch);
  text_number(text, "first", head->turn_first);
  text_number(text, "last", head->turn_last);
  text_field(text, "session", head->session_id);
  text_field(text, "key", head->session_key);
  text_field(text, "parent", head->parent_id);
  text_field(text, "scope", head->scope);
  text_field(text, "user", head->user);
  text_field(text, "reason", head->reason);
}

static inline void write_all(int file, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(file, bytes, length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return; /* the test has ended */
    bytes += count;
    length -= (size_t)count;
  }
}
