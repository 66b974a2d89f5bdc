/* Which address and method ask for what. */
#include "server.h"

#include <stdio.h>
#include <string.h>

struct answer answered(unsigned status, json_t *body) {
  return (struct answer){.status = status, .body = body, .retry_after = -1};
}

struct answer refused(unsigned status, const char *detail) {
  return answered(status, json_pack("{s:s}", "detail", detail));
}

static const char banks[] = "/v1/default/banks/";

/* Takes the bank's name off the address; the rest begins behind it. */
static const char *split(const char *path, char *bank, size_t room) {
  if (strncmp(path, banks, sizeof banks - 1)) return NULL;
  const char *name = path + sizeof banks - 1, *end = strchr(name, '/');
  if (!end || (size_t)(end - name) >= room) return NULL;
  memcpy(bank, name, (size_t)(end - name));
  bank[end - name] = 0;
  return end;
}

enum endpoint endpoint_of(const char *method, const char *path) {
  char bank[1024];
  bool posts = !strcmp(method, "POST"), gets = !strcmp(method, "GET");
  if (!strncmp(path, "/__", 3)) return ON_CONTROL;
  if (gets && !strcmp(path, "/version")) return ON_VERSION;
  if (gets && !strcmp(path, "/health")) return ON_HEALTH;
  const char *rest = split(path, bank, sizeof bank);
  if (!rest) return ON_OTHER;
  if (posts && !strcmp(rest, "/memories")) return ON_RETAIN;
  if (posts && !strcmp(rest, "/memories/recall")) return ON_RECALL;
  if (posts && !strcmp(rest, "/reflect")) return ON_REFLECT;
  if (gets && !strcmp(rest, "/operations")) return ON_OPERATIONS;
  if (!strncmp(rest, "/operations/", 12)) {
    bool is_retry = strstr(rest + 12, "/retry") != NULL;
    return gets && !is_retry ? ON_OPERATION : posts && is_retry ? ON_RETRY : ON_OTHER;
  }
  if (strncmp(rest, "/documents/", 11)) return ON_OTHER;
  return gets ? ON_DOCUMENT : !strcmp(method, "DELETE") ? ON_DELETE : ON_OTHER;
}

static json_t *version(const struct server *server) {
  return json_pack("{s:s,s:{s:b,s:b,s:b,s:b,s:b,s:b}}", "api_version", server->options.version,
                   "features", "observations", 1, "mcp", 0, "worker", 1, "bank_config_api", 1,
                   "file_upload_api", 1, "store_document_text", !server->options.drops_text);
}

static void note(struct server *server, const char *bank, const char *rest,
                 const struct exchange *exchange) {
  if (!server->options.logs || strcmp(exchange->method, "POST")) return;
  json_t *body = json_loadb(exchange->body, exchange->length, JSON_ALLOW_NUL, NULL);
  json_array_append_new(server->log, json_pack("{s:s,s:s,s:o}", "bank", bank, "op", rest + 1,
                                               "body", body ? body : json_null()));
}

struct answer perform(struct server *server, struct exchange *exchange) {
  char bank[1024], id[128];
  const char *rest = split(exchange->path, bank, sizeof bank);
  if (!exchange->is_authorized && exchange->endpoint != ON_VERSION &&
      exchange->endpoint != ON_HEALTH && exchange->endpoint != ON_CONTROL)
    return refused(401, "Missing or invalid API key");
  if (rest) note(server, bank, rest, exchange);
  switch (exchange->endpoint) {
    case ON_VERSION: return answered(200, version(server));
    case ON_HEALTH:
      return answered(200, json_pack("{s:s,s:s}", "status", "healthy", "database", "connected"));
    case ON_RETAIN: return retain(server, bank, exchange);
    case ON_RECALL: return recall(server, bank, exchange);
    case ON_REFLECT: return reflect(server, exchange);
    case ON_OPERATION: return operation(server, bank, rest + 12);
    case ON_OPERATIONS: return operations(server, bank, exchange);
    case ON_RETRY:
      snprintf(id, sizeof id, "%.*s", (int)(strstr(rest + 12, "/retry") - rest - 12), rest + 12);
      return retry(server, bank, id);
    case ON_DOCUMENT: return document(server, bank, rest + 11);
    case ON_DELETE: return delete_document(server, bank, rest + 11);
    case ON_CONTROL: return control(server, exchange);
    default: return refused(404, "Not Found");
  }
}
