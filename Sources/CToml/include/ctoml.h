/* TOML with positions: toml++ behind a C interface. No exception leaves it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bounds that hold for every document, so that neither time nor stack is the author's to choose. */
#define CTOML_MAX_BYTES 1048576 /* of the text */
#define CTOML_MAX_DEPTH 16      /* of lists and inline tables, and of one dotted key */
#define CTOML_MAX_LEVELS 32     /* of the whole tree */

#define CTOML_STRING 1u
#define CTOML_INTEGER 2u
#define CTOML_NUMBER 3u
#define CTOML_BOOLEAN 4u
#define CTOML_DATE 5u
#define CTOML_LIST 6u
#define CTOML_TABLE 7u

typedef struct ctoml_document ctoml_document_t;

/* Lines and columns count from 1, columns in characters. 0 stands for "not known". */
typedef struct ctoml_error {
  uint32_t line;
  uint32_t column;
  uint32_t message_size; /* without a trailing NUL */
  uint8_t message[240];  /* UTF-8 */
} ctoml_error_t;

/* One node, in document order of a depth-first walk: a list or table is followed by its
 * `child_count` children and their children. Node 0 is the document's own table. */
typedef struct ctoml_node {
  uint32_t type;       /* CTOML_* */
  uint32_t line;       /* of the value */
  uint32_t column;
  uint32_t key_line;   /* of the key; 0 in lists */
  uint32_t key_column;
  uint32_t key_size;   /* bytes; 0 in lists */
  uint32_t text_size;  /* bytes of a string */
  uint32_t child_count;
  int64_t integer;     /* also a boolean's 0 or 1 */
  double number;
} ctoml_node_t;

/* Reads a text, which need not end in NUL and is not kept. The document is the caller's, to be
 * given to ctoml_free. NULL: *error says why. Any thread. */
ctoml_document_t *_Nullable ctoml_parse(const uint8_t *_Nonnull text, size_t size,
                                        ctoml_error_t *_Nonnull error);

/* Copies the message; `into` has room for message_size bytes. */
void ctoml_copy_message(const ctoml_error_t *_Nonnull error, uint8_t *_Nonnull into);

/* Any thread, once. */
void ctoml_free(ctoml_document_t *_Nonnull document);

/* Number of nodes, at least 1. */
size_t ctoml_count(const ctoml_document_t *_Nonnull document);

/* Node `index`, which must be less than the count. */
ctoml_node_t ctoml_node(const ctoml_document_t *_Nonnull document, size_t index);

/* Copies the key or the string of node `index`; `into` has room for key_size or text_size bytes. */
void ctoml_copy_key(const ctoml_document_t *_Nonnull document, size_t index,
                    uint8_t *_Nonnull into);
void ctoml_copy_text(const ctoml_document_t *_Nonnull document, size_t index,
                     uint8_t *_Nonnull into);

#ifdef __cplusplus
}
#endif
