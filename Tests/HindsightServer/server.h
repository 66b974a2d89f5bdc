/* A loopback server that answers as a Hindsight API server was observed to, and misbehaves on
 * request. All state is in memory and guarded by one lock, which the HTTP thread holds while it
 * handles a request. */
#ifndef HINDSIGHT_SERVER_H
#define HINDSIGHT_SERVER_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a request asks for; rules and counters go by it. */
enum endpoint {
  ON_OTHER, ON_VERSION, ON_HEALTH, ON_RETAIN, ON_RECALL, ON_REFLECT, ON_OPERATION, ON_OPERATIONS,
  ON_RETRY, ON_DOCUMENT, ON_DELETE, ON_CONTROL, ENDPOINTS
};
const char *endpoint_name(enum endpoint endpoint);
/* ENDPOINTS if there is none of that name. */
enum endpoint endpoint_named(const char *name);

/* What becomes of a request that a rule is for. */
enum action {
  DO_NOTHING, /* as if there were no rule */
  DO_STATUS,  /* answered with a status, not done */
  DO_GATEWAY, /* done, and answered with a status, as by a proxy that did not wait for the answer */
  DO_HANG,    /* held, and done when released */
  DO_LATE,    /* held; done when it is said to land */
  DO_SWALLOW, /* done, but not answered until released */
  DO_SLOW,    /* done and answered after a time */
  DO_CUT,     /* done; the connection ends in the middle of the answer */
  DO_DROP,    /* not done; the connection ends in the middle of the answer */
  DO_GARBAGE, /* done; the answer is no JSON */
  DO_NULLS,   /* done; every value of the answer is null */
  DO_FAIL,    /* the operation fails; a retry makes it succeed */
  DO_CANCEL,  /* the operation is cancelled */
  DO_FORGET,  /* the operation is lost once it was accepted */
  ACTIONS
};

struct rule {
  enum endpoint on; /* ON_OTHER: any but control */
  enum action action;
  int64_t times; /* how often it still applies; -1: always */
  int64_t status, retry_after, milliseconds;
  char *body; /* owned; null: the answer of the server */
  struct rule *next;
};

struct options {
  char version[32];
  int64_t operation_ms; /* how long an operation stays pending */
  bool logs, echoes, drops_text; /* drops_text: of what is stored from then on */
  const char *api_key, *keep; /* null: none */
  int port;
};

struct server {
  pthread_mutex_t lock;
  struct options options;
  struct rule *rules;
  json_t *banks;      /* bank: {"documents": {id: {"pieces", "tags", "metadata", "revisions",
                         "has_text"}}}} */
  json_t *operations; /* id: {"bank", "status", "due"?, "body"?} */
  json_t *accepted;   /* bank: ids of its operations, in their order */
  json_t *waiting;    /* ids of pending operations, in their order */
  json_t *log;        /* {"bank", "op", "body"} of each POST */
  uint64_t requests, bytes, connections, counts[ENDPOINTS];
};

struct answer {
  unsigned status;
  json_t *body; /* owned */
  int64_t retry_after; /* seconds; -1: not said */
};

/* One request, from its first byte to the end of its answer. */
struct exchange {
  struct exchange *next, *previous; /* in the list of those that are held */
  void *connection;
  enum endpoint endpoint;
  char method[8], *path, *body;
  size_t length, capacity;
  bool is_read, is_held, is_late, is_done, is_authorized;
  uint64_t due; /* released by itself then; 0: not */
  struct rule rule;
  struct answer answer;
};

uint64_t now_ns(void);
struct answer answered(unsigned status, json_t *body);
struct answer refused(unsigned status, const char *detail);

/* routes.c */
enum endpoint endpoint_of(const char *method, const char *path);
/* Does what the request asks for. */
struct answer perform(struct server *server, struct exchange *exchange);

/* store.c */
struct answer retain(struct server *server, const char *bank, struct exchange *exchange);
struct answer operation(struct server *server, const char *bank, const char *id);
/* Those of a bank, newest first. */
struct answer operations(struct server *server, const char *bank,
                         const struct exchange *exchange);
struct answer retry(struct server *server, const char *bank, const char *id);
struct answer document(struct server *server, const char *bank, const char *id);
struct answer delete_document(struct server *server, const char *bank, const char *id);
/* Applies the operations whose time has come. */
void settle(struct server *server);
bool is_older_than(const struct server *server, int major, int minor);
void begin_empty(struct server *server);
/* Does again what an earlier server of the same `keep` file did. */
bool restore(struct server *server);

/* recall.c */
struct answer recall(struct server *server, const char *bank, struct exchange *exchange);
struct answer reflect(struct server *server, struct exchange *exchange);

/* rules.c */
void take_rule(struct server *server, struct exchange *exchange);
/* Null, or what is wrong with it. */
const char *add_rule(struct server *server, json_t *rule);
void clear_rules(struct server *server);

/* control.c */
struct answer control(struct server *server, struct exchange *exchange);

/* http.c */
bool http_start(struct server *server);
/* What an address says behind its question mark; null: nothing of that name. */
const char *query(const struct exchange *exchange, const char *name);
/* Lets held requests go on; those that are late are done first. Gives how many. */
int release_held(struct server *server, bool late_only);
int count_held(void);

#endif
