/* Banks, documents and operations. */
#include "server.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void begin_empty(struct server *server) {
  json_decref(server->banks);
  json_decref(server->operations);
  json_decref(server->accepted);
  json_decref(server->waiting);
  json_decref(server->log);
  server->banks = json_object();
  server->operations = json_object();
  server->accepted = json_object();
  server->waiting = json_array();
  server->log = json_array();
  server->requests = server->bytes = server->connections = 0;
  memset(server->counts, 0, sizeof server->counts);
}

bool is_older_than(const struct server *server, int major, int minor) {
  int has_major = 0, has_minor = 0;
  sscanf(server->options.version, "%d.%d", &has_major, &has_minor);
  return has_major < major || (has_major == major && has_minor < minor);
}

static bool is_uuid(const char *text) {
  for (int place = 0; place < 36; place += 1) {
    bool is_dash = place == 8 || place == 13 || place == 18 || place == 23;
    if (is_dash ? text[place] != '-' : !isxdigit((unsigned char)text[place])) return false;
  }
  return text[36] == 0;
}

static const char no_append[] =
    "update_mode='append' is not supported when document text storage (store_document_text / "
    "HINDSIGHT_API_STORE_DOCUMENT_TEXT) is disabled";

static bool appends(json_t *item) {
  const char *mode = json_string_value(json_object_get(item, "update_mode"));
  return mode && !strcmp(mode, "append");
}

/* The first thing that is wrong with the body of a retain, or null. */
static const char *objection(const struct server *server, json_t *body) {
  json_t *items = json_object_get(body, "items"), *item, *value;
  if (!json_is_array(items)) return "items: Field required";
  size_t index;
  const char *key;
  json_array_foreach(items, index, item) {
    const char *content = json_string_value(json_object_get(item, "content"));
    if (!content || !*content) return "content cannot be empty";
    json_object_foreach(json_object_get(item, "metadata"), key, value)
      if (!json_is_string(value)) return "metadata: Input should be a valid string";
    value = json_object_get(item, "tags");
    if (value && !json_is_array(value) && !json_is_null(value)) return "tags: not a list";
    if (appends(item) && server->options.drops_text) return no_append;
  }
  value = json_object_get(body, "operation_id");
  if (json_is_string(value) && !is_uuid(json_string_value(value)))
    return "operation_id must be a valid UUID";
  return NULL;
}

static json_t *bank_named(struct server *server, const char *name) {
  json_t *bank = json_object_get(server->banks, name);
  if (bank) return bank;
  bank = json_pack("{s:{}}", "documents");
  json_object_set_new(server->banks, name, bank);
  return bank;
}

/* One item, as the server's worker stores it: with `append` the text is added to the document's,
 * and the document's tags become those of the item, also if it has none. */
static void store_item(struct server *server, json_t *bank, json_t *item) {
  json_t *documents = json_object_get(bank, "documents");
  const char *name = json_string_value(json_object_get(item, "document_id"));
  char made[32];
  snprintf(made, sizeof made, "document-%zu", json_object_size(documents) + 1);
  if (!name) name = made;
  json_t *document = json_object_get(documents, name);
  if (!document) {
    document = json_pack("{s:s,s:i,s:[]}", "id", name, "revisions", 0, "pieces");
    json_object_set_new(documents, name, document);
  }
  json_t *pieces = json_object_get(document, "pieces");
  if (!appends(item) || is_older_than(server, 0, 5)) json_array_clear(pieces);
  json_array_append(pieces, json_object_get(item, "content"));
  json_t *tags = json_object_get(item, "tags"), *metadata = json_object_get(item, "metadata");
  json_object_set_new(document, "tags", json_is_array(tags) ? json_incref(tags) : json_array());
  json_object_set_new(document, "metadata", metadata ? json_incref(metadata) : json_null());
  json_object_set_new(document, "has_text", json_boolean(!server->options.drops_text));
  int64_t revisions = json_integer_value(json_object_get(document, "revisions"));
  json_object_set_new(document, "revisions", json_integer(revisions + 1));
}

static void apply(struct server *server, const char *name, json_t *body) {
  json_t *bank = bank_named(server, name), *item;
  size_t index;
  json_array_foreach(json_object_get(body, "items"), index, item) store_item(server, bank, item);
}

/* What was accepted outlives the server in the file of `keep`. */
static void keep(struct server *server, const char *bank, json_t *body) {
  if (!server->options.keep) return;
  FILE *file = fopen(server->options.keep, "a");
  if (!file) return;
  json_t *line = json_pack("[sO]", bank, body);
  json_dumpf(line, file, JSON_COMPACT);
  json_decref(line);
  fputc('\n', file);
  fclose(file);
}

static json_t *accepted(const char *bank, json_t *body, const char *id) {
  bool is_async = json_is_true(json_object_get(body, "async"));
  return json_pack("{s:b,s:s,s:I,s:b,s:s?,s:n,s:n}", "success", 1, "bank_id", bank, "items_count",
                   (json_int_t)json_array_size(json_object_get(body, "items")), "async", is_async,
                   "operation_id", is_async ? id : NULL, "operation_ids", "usage");
}

static void remember(struct server *server, const char *bank, const char *id, json_t *operation) {
  json_object_set_new(server->operations, id, operation);
  json_t *ids = json_object_get(server->accepted, bank);
  if (!ids) json_object_set_new(server->accepted, bank, ids = json_array());
  json_array_append_new(ids, json_string(id));
}

/* Makes the operation of an accepted batch; an earlier one of that id stands. */
static void begin(struct server *server, const char *bank, json_t *body, const char *id,
                  enum action action) {
  json_t *operation = json_pack("{s:s,s:s,s:i}", "bank", bank, "status", "completed", "retries", 0);
  if (action != DO_FORGET) remember(server, bank, id, operation);
  bool is_instant = !server->options.operation_ms || !json_is_true(json_object_get(body, "async"));
  if (action == DO_FAIL || action == DO_CANCEL) {
    const char *status = action == DO_FAIL ? "failed" : "cancelled";
    json_object_set_new(operation, "status", json_string(status));
    json_object_set(operation, "body", body);
  } else if (action == DO_FORGET) {
    json_decref(operation);
  } else if (is_instant) {
    apply(server, bank, body);
  } else {
    uint64_t due = now_ns() + (uint64_t)server->options.operation_ms * 1000000;
    json_object_set_new(operation, "status", json_string("pending"));
    json_object_set(operation, "body", body);
    json_object_set_new(operation, "due", json_integer((json_int_t)due));
    json_array_append_new(server->waiting, json_string(id));
  }
}

struct answer retain(struct server *server, const char *bank, struct exchange *exchange) {
  json_t *body = json_loadb(exchange->body, exchange->length, JSON_ALLOW_NUL, NULL);
  if (!json_is_object(body)) {
    json_decref(body);
    return refused(422, "JSON decode error");
  }
  const char *wrong = objection(server, body);
  const char *id = json_string_value(json_object_get(body, "operation_id"));
  char made[40];
  snprintf(made, sizeof made, "00000000-0000-4000-8000-%012llx",
           (unsigned long long)json_object_size(server->operations) + 1);
  if (!id || is_older_than(server, 0, 5)) id = made;
  json_t *known = json_object_get(server->operations, id);
  const char *owner = json_string_value(json_object_get(known, "bank"));
  struct answer answer;
  if (wrong) {
    answer = refused(wrong == no_append ? 400 : 422, wrong);
  } else if (!json_array_size(json_object_get(body, "items"))) {
    answer = refused(400, "operation_id requires all retain items to resolve to a single strategy");
  } else if (owner && strcmp(owner, bank)) {
    answer = refused(409, "operation_id is already in use");
  } else {
    if (!known) {
      keep(server, bank, body);
      begin(server, bank, body, id, exchange->rule.action);
    }
    answer = answered(200, accepted(bank, body, id));
  }
  json_decref(body);
  return answer;
}

void settle(struct server *server) {
  while (json_array_size(server->waiting)) {
    const char *id = json_string_value(json_array_get(server->waiting, 0));
    json_t *operation = json_object_get(server->operations, id);
    if ((uint64_t)json_integer_value(json_object_get(operation, "due")) > now_ns()) return;
    if (!strcmp(json_string_value(json_object_get(operation, "status")), "pending")) {
      apply(server, json_string_value(json_object_get(operation, "bank")),
            json_object_get(operation, "body"));
      json_object_set_new(operation, "status", json_string("completed"));
      json_object_del(operation, "body");
    }
    json_array_remove(server->waiting, 0);
  }
}

struct answer operation(struct server *server, const char *bank, const char *id) {
  if (!is_uuid(id)) return refused(400, "Invalid operation_id format");
  json_t *operation = json_object_get(server->operations, id);
  const char *owner = json_string_value(json_object_get(operation, "bank"));
  bool is_own = owner && !strcmp(owner, bank);
  const char *status =
      is_own ? json_string_value(json_object_get(operation, "status")) : "not_found";
  json_t *body = json_pack("{s:s,s:s,s:s?,s:s?}", "operation_id", id, "status", status,
                           "operation_type", is_own ? "batch_retain" : NULL, "error_message",
                           strcmp(status, "failed") ? NULL : "scripted failure");
  return answered(200, body);
}

static json_int_t number(const struct exchange *exchange, const char *name, json_int_t otherwise) {
  const char *text = query(exchange, name);
  return text ? atoll(text) : otherwise;
}

static json_t *listed(const char *id, json_t *operation) {
  const char *status = json_string_value(json_object_get(operation, "status"));
  return json_pack("{s:s,s:s,s:s,s:s,s:i,s:n,s:n,s:n,s:n,s:s,s:s,s:s,s:s?,s:i,s:n,s:n}", "id", id,
                   "task_type", "batch_retain", "operation_id", id, "operation_type",
                   "batch_retain", "items_count", 1, "document_id", "filename", "mental_model_id",
                   "details", "created_at", "2026-01-01T00:00:00.000000+00:00", "updated_at",
                   "2026-01-01T00:00:00.000000+00:00", "status", status, "error_message",
                   strcmp(status, "failed") ? NULL : "scripted failure", "retry_count", 0,
                   "next_retry_at", "progress");
}

struct answer operations(struct server *server, const char *bank,
                         const struct exchange *exchange) {
  json_t *ids = json_object_get(server->accepted, bank), *list = json_array();
  json_int_t limit = number(exchange, "limit", 20), offset = number(exchange, "offset", 0);
  if (limit < 1 || limit > 100) {
    json_decref(list);
    return refused(422, "limit: Input should be between 1 and 100");
  }
  /* Whoever asks for another type gets none of these. */
  const char *type = query(exchange, "type");
  bool is_own = !type || !strcmp(type, "batch_retain");
  json_int_t count = is_own ? (json_int_t)json_array_size(ids) : 0;
  for (json_int_t place = offset; place < count && place < offset + limit; place += 1) {
    const char *id = json_string_value(json_array_get(ids, (size_t)(count - 1 - place)));
    json_array_append_new(list, listed(id, json_object_get(server->operations, id)));
  }
  return answered(200, json_pack("{s:s,s:I,s:I,s:I,s:o}", "bank_id", bank, "total", count, "limit",
                                 limit, "offset", offset, "operations", list));
}

struct answer retry(struct server *server, const char *bank, const char *id) {
  json_t *operation = json_object_get(server->operations, id);
  const char *owner = json_string_value(json_object_get(operation, "bank"));
  if (!owner || strcmp(owner, bank)) return refused(404, "Operation not found for bank");
  const char *status = json_string_value(json_object_get(operation, "status"));
  if (strcmp(status, "failed") && strcmp(status, "cancelled"))
    return refused(409, "no incomplete sub-batches to retry");
  apply(server, bank, json_object_get(operation, "body"));
  json_object_del(operation, "body");
  json_object_set_new(operation, "status", json_string("completed"));
  return answered(200, json_pack("{s:b,s:s}", "success", 1, "operation_id", id));
}

static json_t *joined(json_t *pieces) {
  size_t length = 1, index;
  json_t *piece;
  json_array_foreach(pieces, index, piece) length += json_string_length(piece) + 1;
  char *text = malloc(length), *end = text;
  if (!text) abort();
  json_array_foreach(pieces, index, piece) {
    if (index) *end++ = '\n';
    memcpy(end, json_string_value(piece), json_string_length(piece));
    end += json_string_length(piece);
  }
  json_t *whole = json_stringn(text, (size_t)(end - text));
  free(text);
  return whole;
}

struct answer document(struct server *server, const char *bank, const char *id) {
  json_t *documents = json_object_get(json_object_get(server->banks, bank), "documents");
  json_t *found = json_object_get(documents, id);
  if (!found) return refused(404, "Document not found");
  json_t *pieces = json_object_get(found, "pieces");
  json_t *text = json_is_true(json_object_get(found, "has_text")) ? joined(pieces) : json_null();
  return answered(
      200, json_pack("{s:s,s:s,s:o,s:I,s:O,s:O}", "id", id, "bank_id", bank, "original_text",
                     text, "memory_unit_count", (json_int_t)json_array_size(pieces),
                     "tags", json_object_get(found, "tags"), "document_metadata",
                     json_object_get(found, "metadata")));
}

struct answer delete_document(struct server *server, const char *bank, const char *id) {
  json_t *documents = json_object_get(json_object_get(server->banks, bank), "documents");
  if (json_object_del(documents, id)) return refused(404, "Document not found");
  return answered(200, json_pack("{s:b,s:s}", "success", 1, "document_id", id));
}

bool restore(struct server *server) {
  FILE *file = server->options.keep ? fopen(server->options.keep, "r") : NULL;
  if (!file) return true;
  json_t *line;
  long whole = 0;
  while ((line = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL))) {
    whole = ftell(file);
    const char *bank = json_string_value(json_array_get(line, 0));
    json_t *body = json_array_get(line, 1);
    const char *id = json_string_value(json_object_get(body, "operation_id"));
    if (bank && id) {
      remember(server, bank, id, json_pack("{s:s,s:s}", "bank", bank, "status", "completed"));
    }
    if (bank) apply(server, bank, body);
    json_decref(line);
  }
  fclose(file);
  /* What a kill left of a line would spoil the next one. */
  return truncate(server->options.keep, whole) == 0;
}
