#include "buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int buffer_reserve(buffer_t *buffer, size_t more) {
  if (buffer->failed) return 0;
  if (buffer->room - buffer->length >= more) return 1;
  size_t room = buffer->room ? buffer->room : 256;
  while (room - buffer->length < more) room *= 2;
  char *bytes = realloc(buffer->bytes, room);
  if (!bytes) {
    buffer->failed = 1;
    return 0;
  }
  buffer->bytes = bytes;
  buffer->room = room;
  return 1;
}

void buffer_add(buffer_t *buffer, const void *bytes, size_t length) {
  if (length == 0 || !buffer_reserve(buffer, length)) return;
  memcpy(buffer->bytes + buffer->length, bytes, length);
  buffer->length += length;
}

void buffer_text(buffer_t *buffer, const char *text) { buffer_add(buffer, text, strlen(text)); }

void buffer_str(buffer_t *buffer, hf_str_t text) { buffer_add(buffer, text.ptr, text.len); }

void buffer_format(buffer_t *buffer, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (length < 0 || (size_t)length >= sizeof text) buffer->failed = 1;
  else buffer_add(buffer, text, (size_t)length);
}

hf_str_t content_of(const buffer_t *buffer) { return (hf_str_t){buffer->bytes, buffer->length}; }

void buffer_free(buffer_t *buffer) {
  free(buffer->bytes);
  *buffer = (buffer_t){0};
}
