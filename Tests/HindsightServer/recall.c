/* Finds what was stored. The real server ranks by meaning; words are enough here. */
#include "server.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* So many pieces of text are looked at, and so many are given. */
enum { LOOKED_AT = 2000, GIVEN = 10 };

static bool holds(json_t *list, const char *text) {
  json_t *entry;
  size_t index;
  json_array_foreach(list, index, entry)
    if (json_is_string(entry) && !strcmp(json_string_value(entry), text)) return true;
  return false;
}

/* Matching of tags as the real server documents it; without wanted tags everything matches. */
static bool matches(json_t *tags, json_t *wanted, const char *match) {
  size_t count = json_array_size(wanted), has = 0, index;
  json_t *tag;
  if (!strcmp(match, "exact") && json_array_size(tags) != count) return false;
  if (!count) return true;
  if (!json_array_size(tags)) return !strstr(match, "strict") && strcmp(match, "exact");
  json_array_foreach(wanted, index, tag) has += holds(tags, json_string_value(tag));
  return !strncmp(match, "any", 3) ? has > 0 : has == count;
}

static size_t word(const char *text, char *into, size_t room) {
  size_t length = 0;
  while (isalnum((unsigned char)text[length]) || (text[length] & 0x80)) {
    if (length + 1 < room) into[length] = (char)tolower((unsigned char)text[length]);
    length += 1;
  }
  into[length < room ? length : room - 1] = 0;
  return length;
}

/* The share of the query's words of three letters and more that the text has. */
static double likeness(const char *query, const char *text) {
  char wanted[64], found[64];
  int words = 0, hits = 0;
  while (*query) {
    size_t length = word(query, wanted, sizeof wanted);
    query += length ? length : 1;
    if (length < 3) continue;
    words += 1;
    for (const char *place = text; *place;) {
      size_t step = word(place, found, sizeof found);
      if (step && !strcmp(wanted, found)) {
        hits += 1;
        break;
      }
      place += step ? step : 1;
    }
  }
  return words ? (double)hits / words : 0;
}

static void insert(json_t *results, json_t *result, double score) {
  size_t place = 0;
  while (place < json_array_size(results) &&
         json_real_value(json_object_get(
             json_object_get(json_array_get(results, place), "scores"), "final")) >= score)
    place += 1;
  json_array_insert_new(results, place, result);
  if (json_array_size(results) > GIVEN) json_array_remove(results, GIVEN);
}

static json_t *search(json_t *documents, json_t *body, const char *query) {
  json_t *results = json_array(), *document, *piece, *wanted = json_object_get(body, "tags");
  const char *match = json_string_value(json_object_get(body, "tags_match")), *id;
  size_t index;
  int looked_at = 0;
  json_object_foreach(documents, id, document) {
    json_t *tags = json_object_get(document, "tags");
    if (!matches(tags, wanted, match ? match : "any")) continue;
    json_array_foreach(json_object_get(document, "pieces"), index, piece) {
      const char *text = json_string_value(piece);
      double score = ++looked_at > LOOKED_AT ? 0 : likeness(query, text);
      if (score <= 0) continue;
      insert(results,
             json_pack("{s:s,s:s,s:s,s:s,s:O,s:O,s:s,s:{s:f,s:f,s:n}}", "id", id, "text", text,
                       "type", "world", "document_id", id, "tags", tags, "metadata",
                       json_object_get(document, "metadata"), "mentioned_at",
                       "2026-01-02T03:04:05.678901+00:00", "scores", "final", score, "semantic",
                       score, "reranker"),
             score);
    }
  }
  return results;
}

/* With the tags that were asked for, as if they had been stored under them. */
static json_t *echo(const char *query, json_t *tags) {
  char texts[2][300];
  static const char *const numbers[] = {"one", "two"};
  for (int which = 0; which < 2; which += 1)
    snprintf(texts[which], sizeof texts[which], "fact %s about %.200s", numbers[which], query);
  return json_pack("[{s:s,s:s,s:s,s:O*},{s:s,s:s,s:s,s:O*}]", "id", "m1", "text", texts[0], "type",
                   "observation", "tags", tags, "id", "m2", "text", texts[1], "type",
                   "observation", "tags", tags);
}

struct answer recall(struct server *server, const char *bank, struct exchange *exchange) {
  json_t *body = json_loadb(exchange->body, exchange->length, 0, NULL);
  const char *query = json_string_value(json_object_get(body, "query"));
  json_t *known = json_object_get(server->banks, bank);
  struct answer answer;
  if (!query) {
    answer = refused(422, "query: Field required");
  } else if (server->options.echoes) {
    json_t *tags = json_object_get(body, "tags");
    answer = answered(200, json_pack("{s:o}", "results", echo(query, tags)));
  } else if (!known && !is_older_than(server, 1, 0)) {
    answer = refused(404, "Bank not found");
  } else {
    json_t *documents = json_object_get(known, "documents");
    json_t *results = search(documents, body, query);
    answer = answered(200, json_pack("{s:o,s:n}", "results", results, "trace"));
  }
  json_decref(body);
  return answer;
}

struct answer reflect(struct server *server, struct exchange *exchange) {
  (void)server;
  json_t *body = json_loadb(exchange->body, exchange->length, 0, NULL);
  const char *query = json_string_value(json_object_get(body, "query"));
  char text[300];
  snprintf(text, sizeof text, "reflection on %.200s", query ? query : "");
  json_decref(body);
  return answered(200, json_pack("{s:s}", "text", text));
}
