#include "search.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../Words/words.h"
#include "page.h"
#include "pages.h"

/* A page is read from its end, where the newest notes are, for at most so long and until so many
 * notes have a word of the question. The beginning of a page of some hundred megabytes may so be
 * left out; a turn does not wait for it. */
#define TIME_LIMIT_NS UINT64_C(500000000)
enum { BLOCK = 1 << 20, HIT_LIMIT = 20000, READ_LIMIT = 300 };

typedef struct hit {
  off_t start;
  uint32_t length, found;
  double score;
} hit_t;

typedef struct search {
  const hf_host_t *host;
  const hf_host_memory_t *answers;
  const hf_recall_t *request;
  int file;
  terms_t terms;
  hit_t *hits;
  size_t count;
  uint64_t notes;           /* looked at */
  uint64_t has[TERM_LIMIT]; /* notes that have the word */
  int failure;
} search_t;

/* Reading backwards */

static int read_at(search_t *search, off_t start, size_t length, buffer_t *text) {
  text->length = 0;
  if (!buffer_reserve(text, length)) return 0;
  while (text->length < length) {
    ssize_t got = pread(search->file, text->bytes + text->length, length - text->length,
                        start + (off_t)text->length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) search->failure = errno;
    if (got <= 0) return got == 0;
    text->length += (size_t)got;
  }
  return 1;
}

/* Where the first note that is whole begins: behind an empty line, at a heading or a mark. */
static size_t first_whole(hf_str_t text) {
  for (size_t at = 0; at < text.len;) {
    const char *found = memchr(text.ptr + at, '\n', text.len - at);
    if (!found) break;
    at = (size_t)(found - text.ptr) + 1;
    if (at + 4 > text.len) break;
    if (text.ptr[at] == '\n' || memcmp(text.ptr + at, "## ", 3) == 0 ||
        memcmp(text.ptr + at, "<!--", 4) == 0)
      return at;
  }
  return 0;
}

/* Looking */

static int is_own(const search_t *search, const note_t *note) {
  hf_str_t asking = search->request->head.session_id;
  return note->session_id.len > 0 && note->session_id.len == asking.len &&
         memcmp(note->session_id.ptr, asking.ptr, asking.len) == 0;
}

/* The heading of a turn is read again with it, since it says whose turn it is. */
static void look_at(search_t *search, hf_str_t text, const note_t *note, off_t start) {
  hf_str_t inner = {text.ptr + note->start, note->end - note->start};
  uint32_t found = terms_found(&search->terms, inner);
  search->notes++;
  for (int i = 0; i < search->terms.count; i++) search->has[i] += found >> i & 1;
  /* The session that asks has its turns in the prompt already. */
  if (!found || is_own(search, note) || search->count == HIT_LIMIT) return;
  search->hits[search->count++] = (hit_t){.start = start + (off_t)note->heading,
                                          .length = (uint32_t)(note->end - note->heading),
                                          .found = found};
}

static void look_through(search_t *search, hf_str_t text, off_t start) {
  note_t note;
  for (size_t at = 0; page_next(text, &at, &note);) look_at(search, text, &note, start);
}

static void look_everywhere(search_t *search, off_t size) {
  uint64_t limit = search->host->now_ns(search->host->ctx) + TIME_LIMIT_NS;
  buffer_t text = {0};
  size_t block = BLOCK;
  for (off_t end = size; end > 0 && !search->failure;) {
    off_t start = end > (off_t)block ? end - (off_t)block : 0;
    if (!read_at(search, start, (size_t)(end - start), &text)) break;
    hf_str_t whole = {text.bytes, text.length};
    size_t first = start > 0 ? first_whole(whole) : 0;
    if (start > 0 && first == 0 && block < 64 * (size_t)BLOCK) {
      block *= 2; /* one note fills the block */
      continue;
    }
    whole = (hf_str_t){whole.ptr + first, whole.len - first};
    look_through(search, whole, start + (off_t)first);
    end = start + (off_t)first;
    block = BLOCK;
    if (search->count == HIT_LIMIT || search->host->now_ns(search->host->ctx) > limit) break;
    if (search->host->wanted(search->host->ctx, search->request->head.op) != HF_OK) break;
  }
  if (text.failed) search->failure = ENOMEM;
  buffer_free(&text);
}

/* Ranking: words that few notes have tell most, as in BM25; newer notes get up to a tenth more, and
 * long ones less, since they match by chance. */

static int is_better(const void *a, const void *b) {
  const hit_t *left = a, *right = b;
  if (left->score != right->score) return left->score < right->score ? 1 : -1;
  return left->start < right->start ? 1 : -1;
}

static void rank(search_t *search, off_t size) {
  double total = (double)search->notes, weights[TERM_LIMIT];
  for (int i = 0; i < search->terms.count; i++) {
    double has = (double)search->has[i];
    weights[i] = search->terms.words[i].weight * log(1 + (total - has + 0.5) / (has + 0.5));
  }
  for (size_t h = 0; h < search->count; h++) {
    hit_t *hit = &search->hits[h];
    for (int i = 0; i < search->terms.count; i++)
      if (hit->found >> i & 1) hit->score += weights[i];
    hit->score *= 1 + 0.1 * (double)hit->start / (double)size;
    hit->score /= 1 + 0.1 * log(1 + hit->length / 400.0);
  }
  qsort(search->hits, search->count, sizeof *search->hits, is_better);
}

/* Giving */

/* A question matches itself best and helps least. */
static int only_asks(hf_str_t text) {
  const char *end = memmem(text.ptr, text.len, "\nassistant: ", 12);
  if (end) text.len = (uint64_t)(end - text.ptr);
  return is_question(text, 1);
}

static uint64_t count_characters(hf_str_t text) {
  uint64_t count = 0;
  for (uint64_t i = 0; i < text.len; i++) count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
  return count;
}

static hf_str_t first_characters(hf_str_t text, uint64_t count) {
  uint64_t at = 0;
  while (at < text.len && (((unsigned char)text.ptr[at] & 0xC0) == 0x80 || count > 0)) {
    count -= ((unsigned char)text.ptr[at] & 0xC0) != 0x80;
    at++;
  }
  return (hf_str_t){text.ptr, at};
}

typedef struct given {
  buffer_t texts; /* of what was given, each behind a zero byte */
  uint64_t room, items;
} given_t;

static int was_given(const given_t *given, hf_str_t text) {
  for (size_t at = 0; at < given->texts.length;) {
    size_t length = strlen(given->texts.bytes + at);
    if (length == text.len && memcmp(given->texts.bytes + at, text.ptr, length) == 0) return 1;
    at += length + 1;
  }
  return 0;
}

static void give(search_t *search, given_t *given, const hit_t *hit, const note_t *note,
                 hf_str_t text) {
  uint64_t each = search->request->max_chars / 2 > 200 ? search->request->max_chars / 2 : 200;
  if (text.len == 0 || was_given(given, text)) return;
  buffer_str(&given->texts, text);
  buffer_add(&given->texts, "", 1);
  text = first_characters(text, each < given->room ? each : given->room);
  hf_recall_item_t item = {.size = sizeof item,
                           .score = hit->score,
                           .time_ms = note->time_ms,
                           .text = text,
                           .session_id = note->session_id,
                           .scope = search->request->head.scope,
                           .turn_first = note->turn,
                           .turn_last = note->turn};
  if (search->answers->recall_item(search->host->ctx, search->request->head.op, &item) != HF_OK)
    return;
  given->room -= count_characters(text);
  given->items++;
}

/* Questions wait until everything else was given. */
static void give_best(search_t *search) {
  given_t given = {.room = search->request->max_chars};
  buffer_t page = {0}, text = {0};
  for (int asks = 0; asks < 2; asks++) {
    for (size_t h = 0; h < search->count && h < READ_LIMIT; h++) {
      if (given.items == search->request->max_items || given.room == 0 || search->failure) break;
      note_t note;
      size_t at = 0;
      if (!read_at(search, search->hits[h].start, search->hits[h].length, &page)) break;
      hf_str_t read = {page.bytes, page.length};
      if (!page_next(read, &at, &note)) continue;
      text.length = 0;
      page_text(read, &note, &text);
      hf_str_t whole = {text.bytes, text.length};
      if (only_asks(whole) == asks) give(search, &given, &search->hits[h], &note, whole);
    }
  }
  buffer_free(&given.texts);
  buffer_free(&page);
  buffer_free(&text);
}

/* The newest notes may share no word with the question; a question without any word that tells
 * something finds nothing. */
static int search_page(search_t *search, int is_spelled) {
  struct stat status;
  buffer_t beginning = {0};
  if (fstat(search->file, &status) != 0) return errno;
  if (read_at(search, 0, 4096, &beginning) &&
      !is_page_of(search->request->head.scope, is_spelled,
                  (hf_str_t){beginning.bytes, beginning.length}))
    search->failure = PAGES_FOREIGN;
  buffer_free(&beginning);
  search->hits = search->failure ? NULL : calloc(HIT_LIMIT, sizeof *search->hits);
  if (!search->hits) return search->failure ? search->failure : ENOMEM;
  look_everywhere(search, status.st_size);
  rank(search, status.st_size);
  give_best(search);
  free(search->hits);
  return search->failure;
}

int search(const folder_t *folder, const hf_host_t *host, const hf_host_memory_t *answers,
           const hf_recall_t *request) {
  char name[NAME_SIZE + 8];
  struct stat status;
  search_t search = {.host = host, .answers = answers, .request = request};
  search.terms = terms_of(request->query);
  if (search.terms.count == 0) return 0;
  int is_spelled = page_name(request->head.scope, name);
  strcat(name, ".md");
  search.file = open_file(folder->pages, name, O_RDONLY, &status);
  if (search.file < 0) return errno == ENOENT ? 0 : errno;
  int failure = search_page(&search, is_spelled);
  close(search.file);
  return failure;
}
