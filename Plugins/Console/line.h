/* Lines of fields, as the console speaks them: fields are separated by a TAB, and inside of a field
 * backslash, newline, TAB and carriage return are written \\ \n \t \r. */
#ifndef CONSOLE_LINE_H
#define CONSOLE_LINE_H

#include <holdfast/base.h>
#include <stddef.h>

/* Bytes that grow up to a limit. Data lies from start to end. */
typedef struct buffer {
  char *bytes;
  size_t start, end, capacity, limit;
} buffer_t;

/* Room for `more` bytes at the end; 0 if that would break the limit or memory is short. */
int buffer_reserve(buffer_t *buffer, size_t more);

/* Removes bytes from the front, and gives memory back when nothing is left. */
void buffer_consume(buffer_t *buffer, size_t count);
void buffer_free(buffer_t *buffer);

/* Adds one line, escaped and ended; all or nothing. 0 if it does not fit. */
int line_append(buffer_t *buffer, const hf_str_t *fields, int count);

/* Splits a line in place into at most `limit` fields. Returns their number, or -1 if there are
 * more; *broken counts the fields with an escape that does not exist. */
int line_split(char *line, size_t length, hf_str_t *fields, int limit, int *broken);

#endif
