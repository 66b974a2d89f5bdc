/* What tests ask for: which requests are to meet with what. */
#include "server.h"

#include <stdlib.h>
#include <string.h>

static const char *const endpoint_names[ENDPOINTS] = {
  "any", "version", "health", "retain", "recall", "reflect", "operation", "operations",
  "retry", "document", "delete", "control",
};
static const char *const action_names[ACTIONS] = {
  "nothing", "status", "gateway", "hang", "late", "swallow", "slow", "cut", "drop", "garbage",
  "nulls", "fail", "cancel", "forget",
};

const char *endpoint_name(enum endpoint endpoint) { return endpoint_names[endpoint]; }

static int find(const char *name, const char *const *names, int count) {
  int place = 0;
  while (place < count && (!name || strcmp(name, names[place]))) place += 1;
  return place;
}

enum endpoint endpoint_named(const char *name) {
  return (enum endpoint)find(name, endpoint_names, ENDPOINTS);
}

const char *add_rule(struct server *server, json_t *wanted) {
  struct rule rule = {.times = -1, .retry_after = -1};
  const char *on = "any", *action = NULL, *body = NULL;
  json_error_t error;
  if (json_unpack_ex(wanted, &error, JSON_STRICT, "{s?s,s:s,s?I,s?I,s?I,s?I,s?s}", "on", &on, "do",
                     &action, "times", &rule.times, "status", &rule.status, "retry_after",
                     &rule.retry_after, "ms", &rule.milliseconds, "body", &body))
    return "a rule has on, do, times, status, retry_after, ms, body";
  rule.on = endpoint_named(on);
  rule.action = (enum action)find(action, action_names, ACTIONS);
  if (rule.on == ENDPOINTS || rule.action == ACTIONS) return "no such endpoint or action";
  if (body) rule.body = strdup(body);
  struct rule *added = malloc(sizeof *added);
  if (!added) return "no memory";
  *added = rule;
  struct rule **last = &server->rules;
  while (*last) last = &(*last)->next;
  *last = added;
  return NULL;
}

void take_rule(struct server *server, struct exchange *exchange) {
  if (exchange->endpoint == ON_CONTROL) return;
  for (struct rule **place = &server->rules; *place; place = &(*place)->next) {
    struct rule *rule = *place;
    if (rule->on != ON_OTHER && rule->on != exchange->endpoint) continue;
    exchange->rule = *rule;
    if (rule->body) exchange->rule.body = strdup(rule->body);
    if (rule->times > 0 && --rule->times == 0) {
      *place = rule->next;
      free(rule->body);
      free(rule);
    }
    return;
  }
}

void clear_rules(struct server *server) {
  while (server->rules) {
    struct rule *rule = server->rules;
    server->rules = rule->next;
    free(rule->body);
    free(rule);
  }
}
