/* The recall model: answers from what was recalled and said before, by the words they share with
 * the question, and says that it is no language model. It lets a host be tried, and run, without
 * one. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* gmtime_r */
#endif
#include <holdfast/holdfast.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../Words/words.h"

HF_PLUGIN_NOTE(
    "{\"id\":\"recall\",\"version\":\"0.1.0\",\"abi\":\"1.0\",\"kinds\":[\"model\"],"
    "\"events\":[],\"concurrency\":\"instance\",\"license\":\"Apache-2.0\",\"language\":\"C\","
    "\"summary\":\"Answers from what was recalled; no language model\","
    "\"provides\":[\"" HF_MODEL_ID "\"],\"config\":{}}");

enum { HITS = 3, QUOTE_LIMIT = 300, SUMMARY_LIMIT = 240, LEVELS = 32 };

#define INTRODUCTION                                                                  \
  "(I am Holdfast's built-in recall model, not a language model: I answer from what " \
  "you told me before.)"

typedef struct model {
  const hf_host_t *host;
  const hf_host_model_t *answers;
} model_t;

static int32_t fail(const hf_host_t *host, int32_t status, const char *why) {
  host->explain(host->ctx, (hf_str_t){why, strlen(why)});
  return status;
}

/* The answer, on its way in pieces that end between characters. */
typedef struct writer {
  const model_t *model;
  hf_op_t op;
  uint64_t left; /* characters */
  int32_t status;
  size_t used;
  char piece[512];
} writer_t;

static writer_t writer_for(const model_t *model, const hf_model_request_t *request) {
  return (writer_t){.model = model,
                    .op = request->head.op,
                    .left = request->max_chars ? request->max_chars : UINT64_MAX};
}

static void writer_flush(writer_t *writer) {
  const model_t *model = writer->model;
  hf_str_t piece = {writer->piece, writer->used};
  if (writer->used > 0 && writer->status == HF_OK)
    writer->status = model->answers->text(model->host->ctx, writer->op, piece);
  writer->used = 0;
}

/* Line breaks become spaces: what is quoted stays on its line. */
static void write_text(writer_t *writer, hf_str_t text, int keep_lines) {
  for (uint64_t i = 0; i < text.len; i++) {
    int begins = ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    if (begins && writer->used > sizeof writer->piece - 4) writer_flush(writer);
    if (begins && writer->left == 0) return;
    writer->left -= (uint64_t)begins;
    int blank = !keep_lines && (unsigned char)text.ptr[i] < ' ';
    writer->piece[writer->used++] = blank ? ' ' : text.ptr[i];
  }
}

static void write_literal(writer_t *writer, const char *text) {
  write_text(writer, (hf_str_t){text, strlen(text)}, 1);
}

static int32_t writer_end(writer_t *writer) {
  writer_flush(writer);
  if (writer->status == HF_E_TOO_LARGE)
    return fail(writer->model->host, HF_E_FAILED, "the answer is over the host's limit");
  return writer->status == HF_OK ? HF_OK : HF_E_CANCELLED;
}

/* Finding */

typedef struct hit {
  int score;
  int answered; /* 1: the agent said it, 0: the person */
  int64_t time_ms;
  hf_str_t text;
} hit_t;

typedef struct search {
  terms_t terms;
  hit_t hits[HITS]; /* best first, the newer of equals first */
  int count;
} search_t;

static int is_same_text(const hit_t *a, const hit_t *b) {
  return a->text.len == b->text.len && memcmp(a->text.ptr, b->text.ptr, a->text.len) == 0;
}

static int comes_before(const hit_t *a, const hit_t *b) {
  if (a->answered != b->answered) return b->answered;
  return a->score != b->score ? a->score > b->score : a->time_ms > b->time_ms;
}

static void consider(search_t *search, const hit_t *hit) {
  for (int i = 0; i < search->count; i++) {
    if (!is_same_text(&search->hits[i], hit)) continue;
    if (!comes_before(hit, &search->hits[i])) return;
    search->count--;
    memmove(&search->hits[i], &search->hits[i + 1], (size_t)(search->count - i) * sizeof *hit);
  }
  int place = 0;
  while (place < search->count && !comes_before(hit, &search->hits[place])) place++;
  if (place == HITS) return;
  if (search->count < HITS) search->count++;
  size_t behind = (size_t)(search->count - 1 - place);
  memmove(&search->hits[place + 1], &search->hits[place], behind * sizeof *hit);
  search->hits[place] = *hit;
}

/* What this model said itself only repeats what somebody told it. */
static int is_own(hf_str_t text) {
  static const char *const own[] = {"You told me", "I answered", "I found nothing", "Noted.",
                                    "Hello."};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (text.len >= strlen(own[i]) && memcmp(text.ptr, own[i], strlen(own[i])) == 0) return 1;
  return 0;
}

static void look_through(search_t *search, hf_str_t text, int answered, int64_t time_ms) {
  uint64_t at = 0;
  hf_str_t piece;
  if (answered && is_own(trimmed(text))) return;
  while (next_piece(text, &at, &piece)) {
    int score = terms_match(&search->terms, piece);
    if (score == 0 || is_question(piece, 1)) continue;
    consider(search, &(hit_t){score, answered, time_ms, piece});
  }
}

static int begins_with(hf_str_t text, uint64_t at, hf_str_t head) {
  return text.len - at >= head.len && memcmp(text.ptr + at, head.ptr, head.len) == 0;
}

/* A memory holds both sides of a turn, as "user: …" and "assistant: …" at the beginning of lines;
 * one that does not is taken for the person's. */
static void look_through_item(search_t *search, const hf_recall_item_t *item) {
  static const hf_str_t heads[] = {{"user: ", 6}, {"assistant: ", 11}};
  hf_str_t text = item->text;
  uint64_t begin = 0;
  int side = 0;
  for (uint64_t line = 0; line < text.len;) {
    for (int i = 0; i < 2; i++) {
      if (!begins_with(text, line, heads[i])) continue;
      look_through(search, (hf_str_t){text.ptr + begin, line - begin}, side, item->time_ms);
      begin = line + heads[i].len;
      side = i;
    }
    const char *newline = memchr(text.ptr + line, '\n', text.len - line);
    line = newline ? (uint64_t)(newline - text.ptr) + 1 : text.len;
  }
  look_through(search, (hf_str_t){text.ptr + begin, text.len - begin}, side, item->time_ms);
}

static void look_everywhere(search_t *search, const hf_model_request_t *request) {
  for (uint64_t i = 0; i < request->recalled_count; i++)
    look_through_item(search, &request->recalled[i]);
  for (uint64_t i = 0; i + 1 < request->message_count; i++) {
    const hf_message_t *message = &request->messages[i];
    if (message->role != HF_ROLE_USER && message->role != HF_ROLE_ASSISTANT) continue;
    look_through(search, message->text, message->role == HF_ROLE_ASSISTANT, message->time_ms);
  }
}

/* Answering */

static void write_date(writer_t *writer, const char *before, int64_t time_ms, const char *after) {
  time_t seconds = (time_t)(time_ms / 1000);
  struct tm utc;
  char date[32];
  if (time_ms <= 0 || !gmtime_r(&seconds, &utc)) return;
  if (strftime(date, sizeof date, "%Y-%m-%d", &utc) == 0) return;
  write_literal(writer, before);
  write_literal(writer, date);
  write_literal(writer, after);
}

static void write_quote(writer_t *writer, hf_str_t text) {
  hf_str_t part = beginning(text, QUOTE_LIMIT);
  write_literal(writer, "\u201c");
  write_text(writer, part, 0);
  write_literal(writer, part.len < text.len ? "\u2026\u201d" : "\u201d");
}

static void write_hits(writer_t *writer, const search_t *search) {
  const hit_t *best = &search->hits[0];
  int count = 1;
  while (count < search->count && search->hits[count].answered == best->answered &&
         search->hits[count].score * 4 >= best->score * 3)
    count++;
  write_literal(writer, best->answered ? "I answered" : "You told me");
  if (count == 1) {
    write_date(writer, " on ", best->time_ms, "");
    write_literal(writer, ": ");
    write_quote(writer, best->text);
    return;
  }
  write_literal(writer, ":");
  for (int i = 0; i < count; i++) {
    write_literal(writer, "\n- ");
    write_quote(writer, search->hits[i].text);
    write_date(writer, " (", search->hits[i].time_ms, ")");
  }
}

static int answered_before(const hf_model_request_t *request) {
  for (uint64_t i = request->message_count; i > 0; i--)
    if (request->messages[i - 1].role == HF_ROLE_ASSISTANT) return 1;
  return 0;
}

static int32_t answer(const model_t *model, const hf_model_request_t *request) {
  writer_t writer = writer_for(model, request);
  hf_str_t asked = request->messages[request->message_count - 1].text;
  search_t search = {.terms = terms_of(asked)};
  int introduce = !answered_before(request);

  if (is_question(asked, 0)) {
    look_everywhere(&search, request);
    if (search.count > 0) write_hits(&writer, &search);
    else write_literal(&writer, "I found nothing about that in what you told me.");
    introduce |= search.count == 0;
  } else {
    write_literal(&writer, search.terms.count > 0 ? "Noted." : "Hello.");
  }
  if (introduce) write_literal(&writer, search.count > 1 ? "\n" INTRODUCTION : " " INTRODUCTION);
  return writer_end(&writer);
}

/* Summarising: of each message of a person the piece that says most, and of those the ones that say
 * most, in their order. Two walks, so that nothing has to be kept: the first counts how much room
 * each level of information takes, the second writes the levels that fit. */

typedef struct extract {
  int level;
  hf_str_t text;
} extract_t;

static extract_t extract_of(const hf_message_t *message) {
  extract_t best = {0, {NULL, 0}};
  uint64_t at = 0;
  hf_str_t piece;
  if (message->role != HF_ROLE_USER) return best;
  while (next_piece(message->text, &at, &piece)) {
    hf_str_t part = beginning(piece, SUMMARY_LIMIT);
    int level = informative_words(part);
    if (is_question(part, 1)) level /= 2; /* what was asked says less than what was told */
    if (level >= LEVELS) level = LEVELS - 1;
    if (level > best.level) best = (extract_t){level, part};
  }
  return best;
}

static int32_t summarise(const model_t *model, const hf_model_request_t *request) {
  writer_t writer = writer_for(model, request);
  uint64_t room[LEVELS] = {0}, sum = 0;
  for (uint64_t i = 0; i < request->message_count; i++) {
    extract_t extract = extract_of(&request->messages[i]);
    room[extract.level] += extract.text.len + 3;
  }
  int lowest = LEVELS;
  while (lowest > 1 && sum + room[lowest - 1] <= writer.left) sum += room[--lowest];
  int partial = lowest - 1; /* of this level only the first ones fit */
  uint64_t spare = writer.left - sum;

  for (uint64_t i = 0; i < request->message_count && writer.status == HF_OK; i++) {
    extract_t extract = extract_of(&request->messages[i]);
    uint64_t length = extract.text.len + 3;
    if (extract.level < partial || extract.level == 0) continue;
    if (extract.level == partial && length > spare) continue;
    if (extract.level == partial) spare -= length;
    write_literal(&writer, "- ");
    write_text(&writer, extract.text, 0);
    write_literal(&writer, "\n");
  }
  return writer_end(&writer);
}

static int32_t respond(void *self, const hf_model_request_t *request) {
  const model_t *model = self;
  if (request->message_count == 0)
    return fail(model->host, HF_E_REFUSED, "there is no message to answer");
  if (request->purpose == HF_MODEL_ANSWER) return answer(model, request);
  if (request->purpose == HF_MODEL_SUMMARISE) return summarise(model, request);
  return fail(model->host, HF_E_UNSUPPORTED, "the recall model answers and summarises only");
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  (void)config;
  model_t *model = malloc(sizeof *model);
  if (!model) return fail(host, HF_E_FAILED, "out of memory");
  *model = (model_t){host, host->service(host->ctx, HF_STR(HF_HOST_MODEL_ID))};
  *self = model;
  if (model->answers) return HF_OK;
  free(model);
  return fail(host, HF_E_REFUSED, "the host has no service for models");
}

static const void *query(void *self, hf_str_t id) {
  static const hf_model_t table = {.size = sizeof table, .respond = respond};
  (void)self;
  int asked = id.len == strlen(HF_MODEL_ID) && memcmp(id.ptr, HF_MODEL_ID, id.len) == 0;
  return asked ? &table : NULL;
}

const hf_plugin_t *hf_plugin_main(const hf_host_t *host) {
  static const hf_plugin_t plugin = {
      HF_PLUGIN_HEAD, .create = create, .destroy = free, .query = query};
  (void)host;
  return &plugin;
}
