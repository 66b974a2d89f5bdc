#include "mend.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "page.h"

enum { BLOCK = 1 << 20, LINE_SIZE = 4096, TRIES = 8 };

/* Keys */

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

static void add_key(buffer_t *lines, hf_str_t key) {
  buffer_str(lines, key);
  buffer_text(lines, "\n");
}

int log_key(const folder_t *folder, const char *name, hf_str_t key) {
  static const buffer_t nothing;
  char file[FILE_NAME_SIZE];
  int ignored;
  buffer_t line = {0};
  keys_file(name, file);
  add_key(&line, key);
  int failure = line.failed ? ENOMEM : append(folder->keys, file, &nothing, &line, &ignored);
  buffer_free(&line);
  return failure;
}

/* In one step, or a crash would leave some of them, and the page would not count as one that has
 * lost its keys. */
static int write_keys(const folder_t *folder, const char *name, const buffer_t *lines) {
  char file[FILE_NAME_SIZE];
  struct stat status;
  keys_file(name, file);
  int made = open_file(folder->keys, file, O_WRONLY | O_CREAT, &status);
  if (made < 0) return errno;
  close(made);
  return replace(folder->keys, file, lines, &status);
}

/* Looking: most pages need nothing, and no more is read of them than the end */

/* Where the last mark begins; -1: there is none. */
static int find_last_mark(int file, off_t size, off_t *found) {
  static const char line_begin[] = "\n" BATCH_MARK;
  const size_t length = sizeof line_begin - 1;
  buffer_t block = {0};
  int failure = 0;
  *found = -1;
  for (off_t start, end = size; end > 0 && *found < 0 && !failure; end = start) {
    start = end > BLOCK ? end - BLOCK : 0;
    block.length = 0;
    failure = read_part(file, start, (size_t)(end - start) + length - 1, &block);
    for (size_t at = 0; at < block.length;) {
      const char *next = memmem(block.bytes + at, block.length - at, line_begin, length);
      if (!next) break;
      at = (size_t)(next - block.bytes) + 1;
      *found = start + (off_t)at;
    }
    if (start == 0 && *found < 0 && block.length >= length - 1 &&
        memcmp(block.bytes, BATCH_MARK, length - 1) == 0)
      *found = 0;
  }
  buffer_free(&block);
  return failure;
}

/* The page without the beginning of a mark at its very end, of which nothing more was written. */
static hf_str_t without_cut_mark(hf_str_t page) {
  size_t start = page.len;
  while (start > 0 && page.ptr[start - 1] != '\n') start--;
  size_t length = page.len - start;
  if (length >= strlen(BATCH_MARK)) return page;
  return memcmp(page.ptr + start, BATCH_MARK, length) == 0 ? (hf_str_t){page.ptr, start} : page;
}

/* Whether the page ends in a batch whose key is written down, or has none. */
static int look(const folder_t *folder, const char *file_name, const buffer_t *keys,
                int *is_sound) {
  struct stat status;
  off_t found;
  buffer_t line = {0}, end = {0};
  *is_sound = 1;
  int file = open_file(folder->pages, file_name, O_RDONLY, &status);
  if (file < 0) return errno == ENOENT ? 0 : errno;
  int failure = find_last_mark(file, status.st_size, &found);
  if (!failure && found >= 0) failure = read_part(file, found, LINE_SIZE, &line);
  off_t from = status.st_size > LINE_SIZE ? status.st_size - LINE_SIZE : 0;
  if (!failure) failure = read_part(file, from, LINE_SIZE, &end);
  close(file);
  mark_t mark;
  size_t at = 0;
  if (!failure && page_next_mark(content_of(&line), &at, &mark))
    *is_sound = is_line_of(keys, mark.key);
  if (without_cut_mark(content_of(&end)).len < end.length) *is_sound = 0;
  buffer_free(&line);
  buffer_free(&end);
  return failure;
}

/* Mending */

static int last_mark(hf_str_t page, mark_t *mark) {
  mark_t next;
  int found = 0;
  for (size_t at = 0; page_next_mark(page, &at, &next); found = 1) *mark = next;
  return found;
}

/* What the page is to be, and the keys to write down. */
typedef struct plan {
  buffer_t page, keys;
} plan_t;

/* Without any key a last batch that is not what its mark tells of may be torn, or a person's, or
 * has had a turn taken out. As much text as the mark tells of counts as the batch, changed by
 * somebody. Of less text only the mark goes: a batch that was torn is stored again beside its
 * beginning, since that is better than to lose a memory that was acknowledged. */
static void recover(hf_str_t page, const mark_t *last, plan_t *plan) {
  mark_t mark;
  int is_there = last->bytes > 0 && page.len - last->body >= last->bytes;
  size_t from = is_there ? last->start : last->body;
  buffer_add(&plan->page, page.ptr, last->start);
  buffer_add(&plan->page, page.ptr + from, page.len - from);
  add_key(&plan->keys, HF_STR(KEYS_BEGIN));
  for (size_t at = 0; page_next_mark(page, &at, &mark);)
    if (is_there || mark.start != last->start) add_key(&plan->keys, mark.key);
}

static void decide(hf_str_t page, const buffer_t *keys, int is_doubtful, plan_t *plan) {
  mark_t last;
  if (!last_mark(page, &last) || is_line_of(keys, last.key)) {
    buffer_str(&plan->page, page);
  } else if (keys->length == 0) {
    recover(page, &last, plan);
  } else if (!is_doubtful && page_is_whole(page, &last)) {
    buffer_str(&plan->page, page);
    add_key(&plan->keys, last.key);
  } else {
    page_without_batch(page, &last, &plan->page);
  }
}

/* The page is written anew also if it stays as it is: only then it is surely on the disk. */
static int mend_once(const folder_t *folder, const char *name, const buffer_t *keys,
                     int is_doubtful) {
  static const buffer_t nothing;
  char file[FILE_NAME_SIZE];
  int ignored;
  struct stat status;
  buffer_t page = {0};
  plan_t plan = {0};
  page_file(name, file);
  int failure = read_file(folder->pages, file, &page, &status);
  if (!failure && page.length > 0) {
    decide(without_cut_mark(content_of(&page)), keys, is_doubtful, &plan);
    if (plan.page.failed || plan.keys.failed) failure = ENOMEM;
    else failure = replace(folder->pages, file, &plan.page, &status);
  }
  keys_file(name, file);
  if (!failure && plan.keys.length > 0)
    failure = keys->length == 0 ? write_keys(folder, name, &plan.keys)
                                : append(folder->keys, file, &nothing, &plan.keys, &ignored);
  buffer_free(&page);
  buffer_free(&plan.page);
  buffer_free(&plan.keys);
  return failure;
}

int mend(const folder_t *folder, const char *name, int is_doubtful) {
  char file[FILE_NAME_SIZE];
  struct stat status;
  buffer_t keys = {0};
  int is_sound = 0;
  keys_file(name, file);
  int failure = read_file(folder->keys, file, &keys, &status);
  page_file(name, file);
  if (!failure) failure = look(folder, file, &keys, &is_sound);
  for (int i = 0; !failure && !is_sound && i < TRIES; i++) {
    failure = mend_once(folder, name, &keys, is_doubtful);
    is_sound = !failure;
    if (failure == EAGAIN && i + 1 < TRIES) failure = 0;
  }
  buffer_free(&keys);
  return failure;
}
