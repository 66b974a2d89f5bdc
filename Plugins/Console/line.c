#include "line.h"

#include <stdlib.h>
#include <string.h>

enum { SMALL = 4096, KEEP = 32 * 1024 };

int buffer_reserve(buffer_t *buffer, size_t more) {
  size_t used = buffer->end - buffer->start;
  if (more > buffer->limit || used > buffer->limit - more) return 0;
  if (buffer->capacity - buffer->end >= more) return 1;
  if (buffer->start > 0) {
    memmove(buffer->bytes, buffer->bytes + buffer->start, used);
    buffer->start = 0;
    buffer->end = used;
  }
  size_t capacity = buffer->capacity ? buffer->capacity : SMALL;
  while (capacity < used + more) capacity *= 2;
  if (capacity == buffer->capacity) return 1;
  char *bytes = realloc(buffer->bytes, capacity);
  if (!bytes) return 0;
  buffer->bytes = bytes;
  buffer->capacity = capacity;
  return 1;
}

void buffer_consume(buffer_t *buffer, size_t count) {
  buffer->start += count;
  if (buffer->start < buffer->end) return;
  buffer->start = buffer->end = 0;
  if (buffer->capacity > KEEP) buffer_free(buffer);
}

void buffer_free(buffer_t *buffer) {
  free(buffer->bytes);
  *buffer = (buffer_t){.limit = buffer->limit};
}

/* The letter that stands for a byte after a backslash, or 0 if the byte stands for itself. */
static char escape(char byte) {
  switch (byte) {
    case '\\': return '\\';
    case '\n': return 'n';
    case '\t': return 't';
    case '\r': return 'r';
    default: return 0;
  }
}

static char unescape(char letter) {
  switch (letter) {
    case '\\': return '\\';
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    default: return 0;
  }
}

int line_append(buffer_t *buffer, const hf_str_t *fields, int count) {
  size_t worst = 0;
  for (int i = 0; i < count; i++) {
    if (fields[i].len > buffer->limit) return 0;
    worst += 2 * fields[i].len + 1;
  }
  if (!buffer_reserve(buffer, worst)) return 0;

  char *out = buffer->bytes + buffer->end;
  for (int i = 0; i < count; i++) {
    for (uint64_t k = 0; k < fields[i].len; k++) {
      char byte = fields[i].ptr[k], letter = escape(byte);
      if (letter) *out++ = '\\';
      *out++ = letter ? letter : byte;
    }
    *out++ = i + 1 < count ? '\t' : '\n';
  }
  buffer->end = (size_t)(out - buffer->bytes);
  return 1;
}

int line_split(char *line, size_t length, hf_str_t *fields, int limit, int *broken) {
  const char *end = line + length;
  char *in = line;
  int count = 0;
  *broken = 0;
  for (;;) {
    if (count == limit) return -1;
    char *out = in, *begin = in;
    int wrong = 0;
    for (; in < end && *in != '\t'; in++) {
      if (*in == '\\') {
        char byte = in + 1 < end ? unescape(in[1]) : 0;
        wrong |= !byte;
        if (byte) in++;
        *out++ = byte ? byte : '\\';
      } else {
        *out++ = *in;
      }
    }
    *broken += wrong;
    fields[count++] = (hf_str_t){begin, (uint64_t)(out - begin)};
    if (in == end) return count;
    in++;
  }
}
