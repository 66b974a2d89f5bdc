/* Bytes that grow. */
#ifndef FILE_MEMORY_BUFFER_H
#define FILE_MEMORY_BUFFER_H

#include <holdfast/base.h>
#include <stddef.h>

typedef struct buffer {
  char *bytes;
  size_t length, room;
  int failed; /* out of memory; from then on nothing is added */
} buffer_t;

/* Makes room for so many bytes more; 0 if there is no memory. */
int buffer_reserve(buffer_t *buffer, size_t more);
void buffer_add(buffer_t *buffer, const void *bytes, size_t length);
void buffer_text(buffer_t *buffer, const char *text);
void buffer_str(buffer_t *buffer, hf_str_t text);
void buffer_format(buffer_t *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What is in it, as long as nothing is added. */
hf_str_t content_of(const buffer_t *buffer);
void buffer_free(buffer_t *buffer);

#endif
