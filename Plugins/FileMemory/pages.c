#include "pages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "page.h"

enum { TAIL = 4 << 20, TRIES = 8 };

static void file_name(const char *name, const char *ending, char file[NAME_SIZE + 8]) {
  snprintf(file, NAME_SIZE + 8, "%s%s", name, ending);
}

static hf_str_t content_of(const buffer_t *buffer) {
  return (hf_str_t){buffer->bytes, buffer->length};
}

static int is_line_of(const buffer_t *keys, hf_str_t key) {
  if (key.len == 0 || keys->length == 0) return 0;
  for (size_t at = 0; at < keys->length;) {
    const char *found = memmem(keys->bytes + at, keys->length - at, key.ptr, key.len);
    if (!found) return 0;
    size_t start = (size_t)(found - keys->bytes), end = start + key.len;
    if ((start == 0 || keys->bytes[start - 1] == '\n') && end < keys->length &&
        keys->bytes[end] == '\n')
      return 1;
    at = end;
  }
  return 0;
}

static int log_key(const pages_t *pages, const char *name, hf_str_t key) {
  static const buffer_t nothing;
  char file[NAME_SIZE + 8];
  int ignored;
  buffer_t line = {0};
  file_name(name, ".keys", file);
  buffer_str(&line, key);
  buffer_text(&line, "\n");
  int failure = line.failed ? ENOMEM : append(pages->folder.keys, file, &nothing, &line, &ignored);
  buffer_free(&line);
  return failure;
}

/* Mending */

static int last_mark(hf_str_t page, mark_t *mark) {
  mark_t next;
  int found = 0;
  for (size_t at = 0; page_next_mark(page, &at, &next); found = 1) *mark = next;
  return found;
}

/* The beginning of a mark at the page's very end, of which nothing more was written. */
static int begins_mark(hf_str_t page, mark_t *mark) {
  size_t start = page.len;
  while (start > 0 && page.ptr[start - 1] != '\n') start--;
  size_t length = page.len - start;
  if (length < 4 || length >= strlen(BATCH_MARK)) return 0;
  if (memcmp(page.ptr + start, BATCH_MARK, length) != 0) return 0;
  *mark = (mark_t){.start = start, .body = page.len};
  return 1;
}

/* Writes the page anew, with the batch or without. */
static int rewrite(const pages_t *pages, const char *file, const mark_t *without) {
  struct stat status;
  buffer_t page = {0}, rest = {0};
  mark_t mark;
  int failure = read_file(pages->folder.pages, file, 0, &page, &status);
  if (!failure && without) {
    if (begins_mark(content_of(&page), &mark) || last_mark(content_of(&page), &mark))
      page_without_batch(content_of(&page), &mark, &rest);
    if (rest.failed) failure = ENOMEM;
  }
  if (!failure) failure = replace(pages->folder.pages, file, without ? &rest : &page, &status);
  buffer_free(&page);
  buffer_free(&rest);
  return failure;
}

/* A last batch whose key is not written down was acknowledged to nobody: the host sends it again.
 * If it is whole it counts, once the page is surely on the disk; if not, it is taken out. */
static int mend(const pages_t *pages, const char *name, int is_doubtful) {
  char file[NAME_SIZE + 8], keys_file[NAME_SIZE + 8];
  struct stat status;
  buffer_t tail = {0}, keys = {0};
  mark_t mark;
  file_name(name, ".md", file);
  file_name(name, ".keys", keys_file);
  int failure = 0;
  if (fstatat(pages->folder.pages, file, &status, 0) != 0)
    return errno == ENOENT ? 0 : errno;
  off_t from = status.st_size > TAIL ? status.st_size - TAIL : 0;
  failure = read_file(pages->folder.pages, file, from, &tail, &status);
  if (!failure) failure = read_file(pages->folder.keys, keys_file, 0, &keys, &status);
  if (!failure && begins_mark(content_of(&tail), &mark)) {
    failure = rewrite(pages, file, &mark);
  } else if (!failure && last_mark(content_of(&tail), &mark) && !is_line_of(&keys, mark.key)) {
    int is_whole = !is_doubtful && page_is_whole(content_of(&tail), &mark);
    failure = rewrite(pages, file, is_whole ? NULL : &mark);
    /* If no key is written down at all, those of all marks are, when the page is written to. */
    if (!failure && is_whole && keys.length > 0) failure = log_key(pages, name, mark.key);
  }
  buffer_free(&tail);
  buffer_free(&keys);
  return failure;
}

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
    failure = mend(pages, name, 0);
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

/* The keys that are written down; without any, those that the page itself tells of. */
static int load_keys(const pages_t *pages, known_page_t *page) {
  char file[NAME_SIZE + 8];
  struct stat status;
  buffer_t content = {0};
  int good = 1;
  file_name(page->name, ".keys", file);
  int failure = read_file(pages->folder.keys, file, 0, &content, &status);
  for (size_t at = 0; good && at < content.length;) {
    const char *line = content.bytes + at, *end = memchr(line, '\n', content.length - at);
    if (!end) break;
    good = keys_add(&page->keys, (hf_str_t){line, (uint64_t)(end - line)});
    at = (size_t)(end - content.bytes) + 1;
  }
  if (!failure && content.length == 0) {
    file_name(page->name, ".md", file);
    failure = read_file(pages->folder.pages, file, 0, &content, &status);
    mark_t mark;
    for (size_t at = 0; good && !failure && page_next_mark(content_of(&content), &at, &mark);)
      if ((good = keys_add(&page->keys, mark.key))) failure = log_key(pages, page->name, mark.key);
  }
  buffer_free(&content);
  return failure ? failure : good ? 0 : ENOMEM;
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
  char file[NAME_SIZE + 8];
  struct stat status;
  buffer_t page = {0}, own = {0};
  static const buffer_t nothing;
  file_name(name, ".md", file);
  int failure = read_file(pages->folder.pages, file, 0, &page, &status);
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
    if (!failure) failure = mend(pages, name, 0);
    if (!failure) failure = load_keys(pages, page);
  } else if (page->is_doubtful) {
    failure = mend(pages, name, 1);
    if (!failure) page->is_doubtful = 0;
  }
  if (failure && !page->is_doubtful) forget(page);
  else page->used = ++pages->calls;
  *found = page;
  return failure;
}

int pages_store(pages_t *pages, const hf_retain_t *batch) {
  known_page_t *page;
  char file[NAME_SIZE + 8];
  buffer_t head = {0}, bytes = {0};
  int failure = find(pages, batch->head.scope, &page), is_restored = 1;
  if (failure || keys_have(&page->keys, batch->key)) return failure;
  page_begin(&head, batch->head.scope);
  page_batch(&bytes, batch);
  file_name(page->name, ".md", file);
  if (head.failed || bytes.failed) failure = ENOMEM;
  else if (bytes.length > 0)
    failure = append(pages->folder.pages, file, &head, &bytes, &is_restored);
  if (!failure) failure = log_key(pages, page->name, batch->key);
  /* Without its key written down the batch must not stay either. */
  if (failure && bytes.length > 0) page->is_doubtful = 1;
  if (!failure && !keys_add(&page->keys, batch->key)) forget(page);
  buffer_free(&head);
  buffer_free(&bytes);
  return failure;
}

int pages_take_back(pages_t *pages, const hf_withdraw_t *request) {
  known_page_t *page;
  char file[NAME_SIZE + 8];
  int failure = find(pages, request->head.scope, &page);
  uint64_t *turns = calloc(request->withdrawal_count + 1, sizeof *turns);
  if (!turns && !failure) failure = ENOMEM;
  for (uint64_t i = 0; turns && i < request->withdrawal_count; i++)
    turns[i] = request->withdrawals[i].turn;
  if (!failure) file_name(page->name, ".md", file);
  for (int i = 0, again = 1; i < TRIES && again && !failure; i++) {
    struct stat status;
    buffer_t content = {0}, rest = {0};
    again = 0;
    failure = read_file(pages->folder.pages, file, 0, &content, &status);
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
