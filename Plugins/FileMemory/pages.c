#include "pages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mend.h"
#include "page.h"

enum { TRIES = 8 };

int pages_open(pages_t *pages, const char *path) {
  int failure = folder_open(&pages->folder, path);
  if (failure) return failure;
  int again = openat(pages->folder.pages, ".", 0);
  DIR *entries = again < 0 ? NULL : fdopendir(again);
  if (!entries) failure = errno;
  for (struct dirent *entry; entries && !failure && (entry = readdir(entries));) {
    size_t length = strlen(entry->d_name);
    if (length < 4 || length >= NAME_SIZE || strcmp(entry->d_name + length - 3, ".md") != 0)
      continue;
    char name[NAME_SIZE];
    memcpy(name, entry->d_name, length - 3);
    name[length - 3] = 0;
    /* What cannot be mended concerns its scope only, whose calls try again and say so. */
    mend(&pages->folder, name, 0);
  }
  if (entries) closedir(entries);
  if (failure) pages_close(pages);
  return failure;
}

void pages_close(pages_t *pages) {
  for (int i = 0; i < PAGES_KEPT; i++) keys_free(&pages->known[i].keys);
  folder_close(&pages->folder);
}

/* Pages that are written to */

/* The keys that are written down. */
static int load_keys(const pages_t *pages, known_page_t *page) {
  char file[FILE_NAME_SIZE];
  struct stat status;
  buffer_t content = {0};
  int good = 1;
  keys_file(page->name, file);
  int failure = read_file(pages->folder.keys, file, &content, &status);
  for (size_t at = 0; good && at < content.length;) {
    const char *line = content.bytes + at, *end = memchr(line, '\n', content.length - at);
    if (!end) break;
    good = keys_add(&page->keys, (hf_str_t){line, (uint64_t)(end - line)});
    at = (size_t)(end - content.bytes) + 1;
  }
  buffer_free(&content);
  return failure ? failure : good ? 0 : ENOMEM;
}

/* The first of a page's keys is no batch's. */
static int begin_keys(const pages_t *pages, known_page_t *page) {
  int failure = log_key(&pages->folder, page->name, HF_STR(KEYS_BEGIN));
  if (failure) return failure;
  return keys_add(&page->keys, HF_STR(KEYS_BEGIN)) ? 0 : ENOMEM;
}

static void forget(known_page_t *page) {
  keys_free(&page->keys);
  *page = (known_page_t){0};
}

int is_page_of(hf_str_t scope, int is_spelled, hf_str_t beginning) {
  hf_str_t said;
  buffer_t own = {0};
  if (beginning.len == 0) return 1;
  if (!page_scope(beginning, &said)) return is_spelled;
  page_begin(&own, scope);
  hf_str_t wanted = {0};
  page_scope(content_of(&own), &wanted);
  int is_same = !own.failed && said.len == wanted.len && !memcmp(said.ptr, wanted.ptr, said.len);
  buffer_free(&own);
  return is_same;
}

/* A page that was not finished when it was begun is begun again. */
static int check_beginning(const pages_t *pages, const char *name, hf_str_t scope, int is_spelled) {
  char file[FILE_NAME_SIZE];
  struct stat status;
  buffer_t page = {0}, own = {0};
  static const buffer_t nothing;
  page_file(name, file);
  int failure = read_file(pages->folder.pages, file, &page, &status);
  page_begin(&own, scope);
  int is_begun = page.length > 0 && page.length < own.length &&
                 memcmp(page.bytes, own.bytes, page.length) == 0;
  if (!failure && is_begun) failure = replace(pages->folder.pages, file, &nothing, &status);
  else if (!failure && !is_page_of(scope, is_spelled, content_of(&page))) failure = PAGES_FOREIGN;
  if (own.failed) failure = ENOMEM;
  buffer_free(&page);
  buffer_free(&own);
  return failure;
}

/* The page of a scope, mended and with its keys; the one unused for longest makes room for it. */
static int find(pages_t *pages, hf_str_t scope, known_page_t **found) {
  char name[NAME_SIZE];
  int is_spelled = page_name(scope, name), failure = 0;
  known_page_t *page = &pages->known[0];
  for (int i = 0; i < PAGES_KEPT; i++) {
    known_page_t *other = &pages->known[i];
    if (other->used > 0 && strcmp(other->name, name) == 0) {
      page = other;
      break;
    }
    if (other->used < page->used) page = other;
  }
  if (page->used == 0 || strcmp(page->name, name) != 0) {
    forget(page);
    memcpy(page->name, name, sizeof name);
    failure = check_beginning(pages, name, scope, is_spelled);
    if (!failure) failure = mend(&pages->folder, name, 0);
    if (!failure) failure = load_keys(pages, page);
  } else if (page->is_doubtful) {
    failure = mend(&pages->folder, name, 1);
    /* The key may be written down all the same. */
    keys_free(&page->keys);
    if (!failure) failure = load_keys(pages, page);
    if (!failure) page->is_doubtful = 0;
  }
  if (failure && !page->is_doubtful) forget(page);
  else page->used = ++pages->calls;
  *found = page;
  return failure;
}

int pages_store(pages_t *pages, const hf_retain_t *batch) {
  known_page_t *page;
  char file[FILE_NAME_SIZE];
  buffer_t head = {0}, bytes = {0};
  int failure = find(pages, batch->head.scope, &page), is_restored = 1;
  if (failure || keys_have(&page->keys, batch->key)) return failure;
  page_begin(&head, batch->head.scope);
  page_batch(&bytes, batch);
  page_file(page->name, file);
  if (head.failed || bytes.failed) failure = ENOMEM;
  if (!failure && page->keys.count == 0) failure = begin_keys(pages, page);
  if (!failure && bytes.length > 0)
    failure = append(pages->folder.pages, file, &head, &bytes, &is_restored);
  if (!failure) failure = log_key(&pages->folder, page->name, batch->key);
  /* Without its key written down the batch must not stay either. */
  if (failure && bytes.length > 0) page->is_doubtful = 1;
  if (!failure && !keys_add(&page->keys, batch->key)) forget(page);
  buffer_free(&head);
  buffer_free(&bytes);
  return failure;
}

int pages_take_back(pages_t *pages, const hf_withdraw_t *request) {
  known_page_t *page;
  char file[FILE_NAME_SIZE];
  int failure = find(pages, request->head.scope, &page);
  uint64_t *turns = calloc(request->withdrawal_count + 1, sizeof *turns);
  if (!turns && !failure) failure = ENOMEM;
  for (uint64_t i = 0; turns && i < request->withdrawal_count; i++)
    turns[i] = request->withdrawals[i].turn;
  if (!failure) page_file(page->name, file);
  for (int i = 0, again = 1; i < TRIES && again && !failure; i++) {
    struct stat status;
    buffer_t content = {0}, rest = {0};
    again = 0;
    failure = read_file(pages->folder.pages, file, &content, &status);
    if (!failure && page_without(content_of(&content), request->head.session_id, turns,
                                 request->withdrawal_count, &rest) > 0)
      failure = rest.failed ? ENOMEM : replace(pages->folder.pages, file, &rest, &status);
    if (failure == EAGAIN && i + 1 < TRIES) failure = 0, again = 1;
    buffer_free(&content);
    buffer_free(&rest);
  }
  free(turns);
  return failure;
}
