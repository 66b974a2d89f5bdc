/* What a page of memories looks like. A page is Markdown that a person may read and edit:
 *
 *   # Memories of main/channel:console/user:ann
 *   <!-- holdfast scope=main/channel:console/user:ann -->
 *
 *   <!-- holdfast batch=6f1c… bytes=140 sum=1a2b… -->
 *   ## 2026-11-20 16:00 UTC <!-- session=01M7… turn=3 time=1795190400000 -->
 *   - user: my cat is called Miso
 *   - assistant: Noted.
 *
 * A text's further lines are indented by two spaces, so that nothing that was said can look like a
 * heading or a mark. Everything else in the page is a person's own: each paragraph is a memory. */
#ifndef FILE_MEMORY_PAGE_H
#define FILE_MEMORY_PAGE_H

#include <holdfast/ext/memory.h>

#include "buffer.h"

#define SCOPE_MARK "<!-- holdfast scope="
#define BATCH_MARK "<!-- holdfast batch="

/* The first lines of a new page. */
void page_begin(buffer_t *page, hf_str_t scope);

/* A batch with its mark; nothing if no turn says anything. */
void page_batch(buffer_t *page, const hf_retain_t *batch);

/* One memory in a page. */
typedef struct note {
  size_t heading;      /* where its heading begins, or where it begins itself */
  size_t start, end;   /* in the text that was parsed, without blanks at its ends */
  hf_str_t session_id; /* empty: a person's own note */
  uint64_t turn;
  int64_t time_ms; /* 0: unknown */
} note_t;

/* The next note at or after *at, which moves behind it; 0 at the end. */
int page_next(hf_str_t page, size_t *at, note_t *note);

/* The note's words, as they are given to whoever asked: without marks and indentation, every byte
 * that is not UTF-8 replaced. */
void page_text(hf_str_t page, const note_t *note, buffer_t *text);

/* The mark of a batch. */
typedef struct mark {
  size_t start, body; /* where it begins, and where what it tells of begins */
  hf_str_t key;
  uint64_t bytes, sum;
} mark_t;

/* The next mark at or after *at, which moves behind it; 0 at the end. */
int page_next_mark(hf_str_t page, size_t *at, mark_t *mark);

/* Whether all that the mark tells of is there. */
int page_is_whole(hf_str_t page, const mark_t *mark);

/* Adds what is left of the page without the turns of the session; returns how many were there. */
int page_without(hf_str_t page, hf_str_t session_id, const uint64_t *turns, size_t count,
                 buffer_t *rest);

/* Adds what is left of the page without the batch of the mark; what a person wrote in it stays. */
void page_without_batch(hf_str_t page, const mark_t *mark, buffer_t *rest);

/* The scope that the page says it has; 0 if it says none. */
int page_scope(hf_str_t page, hf_str_t *scope);

#endif
