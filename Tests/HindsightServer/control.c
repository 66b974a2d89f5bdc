/* What tests ask of the server itself, at addresses that begin with `/__`. */
#include "server.h"

#include <stdio.h>
#include <string.h>

static struct answer counters(struct server *server) {
  json_t *counts = json_object();
  for (int which = 0; which < ENDPOINTS; which += 1)
    json_object_set_new(counts, endpoint_name((enum endpoint)which),
                        json_integer((json_int_t)server->counts[which]));
  return answered(200, json_pack("{s:I,s:I,s:I,s:i,s:I,s:o}", "requests",
                                 (json_int_t)server->requests, "bytes_received",
                                 (json_int_t)server->bytes, "connections",
                                 (json_int_t)server->connections, "held", count_held(),
                                 "operations", (json_int_t)json_object_size(server->operations),
                                 "by", counts));
}

static struct answer set(struct server *server, json_t *body) {
  const char *version = NULL;
  json_int_t milliseconds = server->options.operation_ms;
  int drops_text = server->options.drops_text;
  if (json_unpack(body, "{s?s,s?I,s?b}", "version", &version, "operation_ms", &milliseconds,
                  "drops_text", &drops_text))
    return refused(422, "version, operation_ms and drops_text can be set");
  if (version) snprintf(server->options.version, sizeof server->options.version, "%s", version);
  server->options.operation_ms = milliseconds;
  server->options.drops_text = drops_text;
  return answered(200, json_pack("{s:b}", "ok", 1));
}

/* One rule, or a list of them. */
static struct answer add_rules(struct server *server, json_t *body) {
  json_t *rule;
  size_t index;
  const char *wrong = NULL;
  if (json_is_object(body)) wrong = add_rule(server, body);
  json_array_foreach(body, index, rule) if (!wrong) wrong = add_rule(server, rule);
  return wrong ? refused(422, wrong) : answered(200, json_pack("{s:b}", "ok", 1));
}

static struct answer reset(struct server *server) {
  begin_empty(server);
  clear_rules(server);
  return answered(200, json_pack("{s:b}", "ok", 1));
}

struct answer control(struct server *server, struct exchange *exchange) {
  const char *path = exchange->path;
  if (!strcmp(path, "/__log")) return answered(200, json_incref(server->log));
  if (!strcmp(path, "/__counters")) return counters(server);
  if (!strcmp(path, "/__banks")) return answered(200, json_incref(server->banks));
  if (!strcmp(path, "/__operations")) return answered(200, json_incref(server->operations));
  if (strcmp(exchange->method, "POST")) return refused(404, "Not Found");
  if (!strcmp(path, "/__reset")) return reset(server);
  if (!strcmp(path, "/__clear")) {
    clear_rules(server);
    return answered(200, json_pack("{s:b}", "ok", 1));
  }
  if (!strcmp(path, "/__release"))
    return answered(200, json_pack("{s:i}", "released", release_held(server, false)));
  if (!strcmp(path, "/__land"))
    return answered(200, json_pack("{s:i}", "released", release_held(server, true)));
  json_t *body = json_loadb(exchange->body, exchange->length, 0, NULL);
  struct answer answer = refused(404, "Not Found");
  if (!strcmp(path, "/__rules") || !strcmp(path, "/__set")) {
    json_decref(answer.body);
    answer = path[3] == 'r' ? add_rules(server, body) : set(server, body);
  }
  json_decref(body);
  return answer;
}
