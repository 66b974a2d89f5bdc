#include "page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Writing */

static uint64_t sum_of(const char *bytes, size_t length) {
  uint64_t sum = 0xcbf29ce484222325u; /* FNV-1a */
  for (size_t i = 0; i < length; i++) sum = (sum ^ (unsigned char)bytes[i]) * 0x100000001b3u;
  return sum;
}

/* A scope or a session on one line; what would end its mark is left out. */
static void add_name(buffer_t *page, hf_str_t name) {
  for (uint64_t i = 0; i < name.len; i++)
    if ((unsigned char)name.ptr[i] > ' ' && name.ptr[i] != '>') buffer_add(page, name.ptr + i, 1);
}

void page_begin(buffer_t *page, hf_str_t scope) {
  buffer_text(page, "# Memories of ");
  add_name(page, scope);
  buffer_text(page, "\n" SCOPE_MARK);
  add_name(page, scope);
  buffer_text(page, " -->\n");
}

/* Further lines are indented. A carriage return ends a line as well, and no zero byte gets in. */
static void add_said(buffer_t *page, const char *who, hf_str_t text) {
  buffer_format(page, "- %s: ", who);
  for (uint64_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if (c == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n') continue;
    if (c == '\r' || c == '\n') buffer_text(page, "\n  ");
    else if (c == 0) buffer_text(page, "\xEF\xBF\xBD");
    else buffer_add(page, &c, 1);
  }
  buffer_text(page, "\n");
}

static const char *name_of(uint32_t role) {
  if (role == HF_ROLE_USER) return "user";
  return role == HF_ROLE_ASSISTANT ? "assistant" : NULL;
}

static void add_turn(buffer_t *page, const hf_retain_t *batch, const hf_turn_t *turn) {
  int said = 0;
  int64_t time_ms = 0;
  for (uint64_t i = 0; i < turn->message_count; i++) {
    const hf_message_t *message = &turn->messages[i];
    if (time_ms == 0) time_ms = message->time_ms;
    said |= name_of(message->role) && message->text.len > 0;
  }
  if (!said) return;
  char date[32] = "";
  time_t seconds = (time_t)(time_ms / 1000);
  struct tm parts;
  if (gmtime_r(&seconds, &parts)) strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &parts);
  buffer_format(page, "## %s <!-- session=", date);
  add_name(page, batch->head.session_id);
  buffer_format(page, " turn=%" PRIu64 " time=%" PRId64 " -->\n", turn->index, time_ms);
  for (uint64_t i = 0; i < turn->message_count; i++) {
    const hf_message_t *message = &turn->messages[i];
    const char *who = name_of(message->role);
    if (who && message->text.len > 0) add_said(page, who, message->text);
  }
  buffer_text(page, "\n");
}

void page_batch(buffer_t *page, const hf_retain_t *batch) {
  buffer_t body = {0};
  for (uint64_t i = 0; i < batch->turn_count; i++) add_turn(&body, batch, &batch->turns[i]);
  if (body.length > 0) {
    buffer_text(page, "\n" BATCH_MARK);
    add_name(page, batch->key);
    buffer_format(page, " bytes=%zu sum=%016" PRIx64 " -->\n", body.length,
                  sum_of(body.bytes, body.length));
    buffer_add(page, body.bytes, body.length);
  }
  page->failed |= body.failed;
  buffer_free(&body);
}

/* Reading */

typedef struct line {
  size_t start, end, next; /* `end` is before the line break */
} line_t;

static int next_line(hf_str_t page, size_t at, line_t *line) {
  if (at >= page.len) return 0;
  const char *end = memchr(page.ptr + at, '\n', page.len - at);
  line->start = at;
  line->end = end ? (size_t)(end - page.ptr) : page.len;
  line->next = end ? line->end + 1 : page.len;
  if (line->end > line->start && page.ptr[line->end - 1] == '\r') line->end--;
  return 1;
}

static int begins(hf_str_t page, const line_t *line, const char *text) {
  size_t length = strlen(text);
  return line->end - line->start >= length && memcmp(page.ptr + line->start, text, length) == 0;
}

static int is_blank(hf_str_t page, const line_t *line) {
  for (size_t i = line->start; i < line->end; i++)
    if (page.ptr[i] != ' ' && page.ptr[i] != '\t') return 0;
  return 1;
}

/* The value behind `name` in the line, up to a space; empty if it is not there. */
static hf_str_t value_in(hf_str_t page, const line_t *line, const char *name) {
  const char *from = page.ptr + line->start;
  const char *found = memmem(from, line->end - line->start, name, strlen(name));
  if (!found) return (hf_str_t){0};
  found += strlen(name);
  const char *limit = page.ptr + line->end, *end = found;
  while (end < limit && *end != ' ') end++;
  return (hf_str_t){found, (uint64_t)(end - found)};
}

static uint64_t number_in(hf_str_t page, const line_t *line, const char *name, int base) {
  hf_str_t value = value_in(page, line, name);
  char digits[32];
  if (value.len >= sizeof digits) return 0;
  if (value.len > 0) memcpy(digits, value.ptr, value.len);
  digits[value.len] = 0;
  return strtoull(digits, NULL, base);
}

/* The heading of a turn, as this program writes it. */
static int is_turn(hf_str_t page, const line_t *line, note_t *note) {
  if (!begins(page, line, "## ")) return 0;
  note->session_id = value_in(page, line, "<!-- session=");
  note->turn = number_in(page, line, " turn=", 10);
  note->time_ms = (int64_t)number_in(page, line, " time=", 10);
  return note->session_id.len > 0 && note->turn > 0;
}

/* What a turn's own lines begin with. */
static int is_said(hf_str_t page, const line_t *line) {
  return begins(page, line, "- user: ") || begins(page, line, "- assistant: ") ||
         begins(page, line, "  ");
}

static int is_comment(hf_str_t page, const line_t *line) { return begins(page, line, "<!--"); }

static int is_heading(hf_str_t page, const line_t *line) {
  return begins(page, line, "# ") || begins(page, line, "## ");
}

/* A turn: its lines up to the first that is not one of them. */
static void take_turn(hf_str_t page, line_t *line, note_t *note) {
  size_t at = line->next;
  note->start = note->end = at;
  while (next_line(page, at, line) && (is_blank(page, line) || is_said(page, line))) {
    if (!is_blank(page, line)) note->end = line->end;
    at = line->next;
  }
  line->next = at;
}

/* A person's paragraph, together with the heading that stands before it. */
static void take_own(hf_str_t page, line_t *line, note_t *note) {
  int has_words = !is_heading(page, line);
  size_t at = line->next;
  note->start = line->start;
  note->end = line->end;
  while (next_line(page, at, line)) {
    if (is_comment(page, line) || is_heading(page, line)) break;
    if (is_blank(page, line) && has_words) break;
    if (!is_blank(page, line)) {
      has_words = 1;
      note->end = line->end;
    }
    at = line->next;
  }
  line->next = at;
}

int page_next(hf_str_t page, size_t *at, note_t *note) {
  line_t line;
  while (next_line(page, *at, &line)) {
    size_t heading = line.start;
    *note = (note_t){0};
    *at = line.next;
    if (is_blank(page, &line) || is_comment(page, &line)) continue;
    if (begins(page, &line, "# Memories of ")) continue;
    if (is_turn(page, &line, note)) {
      take_turn(page, &line, note);
    } else {
      *note = (note_t){0};
      take_own(page, &line, note);
    }
    note->heading = heading;
    *at = line.next;
    if (note->end > note->start) return 1;
  }
  return 0;
}

/* Bytes of the character at p, 0 if there is none. */
static size_t character(const unsigned char *p, size_t left) {
  static const unsigned char lowest[5] = {0, 0, 0xC2, 0xE0, 0xF0};
  size_t length = *p < 0x80 ? 1 : *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
  if (length > left || *p < lowest[length] || *p > 0xF4) return 0;
  for (size_t i = 1; i < length; i++)
    if ((p[i] & 0xC0) != 0x80) return 0;
  if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F)) return 0;
  if ((p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F)) return 0;
  return length;
}

void page_text(hf_str_t page, const note_t *note, buffer_t *text) {
  hf_str_t inner = {page.ptr, note->end};
  line_t line;
  for (size_t at = note->start; next_line(inner, at, &line); at = line.next) {
    size_t from = line.start;
    if (note->turn > 0) from += begins(inner, &line, "- ") || begins(inner, &line, "  ") ? 2 : 0;
    else while (from < line.end && page.ptr[from] == '#') from++;
    if (line.start > note->start) buffer_text(text, "\n");
    while (from < line.end) {
      size_t length = character((const unsigned char *)page.ptr + from, line.end - from);
      if (length > 0) buffer_add(text, page.ptr + from, length);
      else buffer_text(text, "\xEF\xBF\xBD");
      from += length > 0 ? length : 1;
    }
  }
}

/* Marks */

int page_next_mark(hf_str_t page, size_t *at, mark_t *mark) {
  while (*at < page.len) {
    const char *found = memmem(page.ptr + *at, page.len - *at, BATCH_MARK, strlen(BATCH_MARK));
    if (!found) break;
    size_t start = (size_t)(found - page.ptr);
    line_t line;
    next_line(page, start, &line);
    *at = line.next;
    if (start > 0 && page.ptr[start - 1] != '\n') continue;
    mark->start = start;
    mark->body = line.next;
    mark->key = value_in(page, &line, BATCH_MARK);
    /* Of a mark that was not finished the figures may lack digits. */
    int is_finished = line.end - start > 4 && memcmp(page.ptr + line.end - 4, " -->", 4) == 0;
    mark->bytes = is_finished ? number_in(page, &line, " bytes=", 10) : 0;
    mark->sum = number_in(page, &line, " sum=", 16);
    return 1;
  }
  *at = page.len;
  return 0;
}

int page_is_whole(hf_str_t page, const mark_t *mark) {
  return mark->bytes > 0 && page.len - mark->body >= mark->bytes &&
         sum_of(page.ptr + mark->body, mark->bytes) == mark->sum;
}

int page_scope(hf_str_t page, hf_str_t *scope) {
  line_t line;
  for (size_t at = 0; next_line(page, at, &line); at = line.next) {
    if (!begins(page, &line, SCOPE_MARK)) continue;
    *scope = value_in(page, &line, SCOPE_MARK);
    return 1;
  }
  return 0;
}

/* Taking out */

static void add_range(buffer_t *rest, hf_str_t page, size_t from, size_t to) {
  buffer_add(rest, page.ptr + from, to - from);
}

static int is_asked_for(const note_t *note, hf_str_t session_id, const uint64_t *turns,
                        size_t count) {
  if (note->session_id.len != session_id.len ||
      memcmp(note->session_id.ptr, session_id.ptr, session_id.len) != 0)
    return 0;
  for (size_t i = 0; i < count; i++)
    if (turns[i] == note->turn) return 1;
  return 0;
}

int page_without(hf_str_t page, hf_str_t session_id, const uint64_t *turns, size_t count,
                 buffer_t *rest) {
  line_t line;
  note_t note;
  int taken = 0;
  size_t kept = 0, at = 0;
  while (next_line(page, at, &line)) {
    at = line.next;
    if (!is_turn(page, &line, &note) || !is_asked_for(&note, session_id, turns, count)) continue;
    add_range(rest, page, kept, line.start);
    take_turn(page, &line, &note);
    kept = at = line.next;
    taken++;
  }
  add_range(rest, page, kept, page.len);
  return taken;
}

/* The last line may be a heading, or what a turn's line begins with, that was not finished. */
static int is_unfinished(hf_str_t page, const line_t *line) {
  static const char *const begin[] = {"- user: ", "- assistant: ", "  "};
  size_t length = line->end - line->start;
  if (line->next < page.len || page.ptr[page.len - 1] == '\n') return 0;
  for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
    if (length < strlen(begin[i]) && memcmp(page.ptr + line->start, begin[i], length) == 0)
      return 1;
  return begins(page, line, "#");
}

void page_without_batch(hf_str_t page, const mark_t *mark, buffer_t *rest) {
  line_t line;
  note_t note;
  size_t at = mark->body;
  add_range(rest, page, 0, mark->start);
  while (next_line(page, at, &line)) {
    at = line.next;
    if (is_turn(page, &line, &note)) {
      take_turn(page, &line, &note);
      at = line.next;
    } else if (!is_unfinished(page, &line)) {
      add_range(rest, page, line.start, line.next);
    }
  }
}
