/* Requests come in and answers go out, in the ways that rules ask for. */
#include "server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct MHD_Daemon *daemon_;
static struct exchange *held;
static pthread_t timer;
static pthread_cond_t changed;

static void hold(struct exchange *exchange, uint64_t due, bool is_late) {
  exchange->is_held = true;
  exchange->is_late = is_late;
  exchange->due = due;
  exchange->next = held;
  exchange->previous = NULL;
  if (held) held->previous = exchange;
  held = exchange;
  MHD_suspend_connection(exchange->connection);
  pthread_cond_signal(&changed);
}

static void let_go(struct exchange *exchange) {
  if (exchange->next) exchange->next->previous = exchange->previous;
  if (exchange->previous) exchange->previous->next = exchange->next;
  if (held == exchange) held = exchange->next;
  exchange->is_held = false;
  MHD_resume_connection(exchange->connection);
}

const char *query(const struct exchange *exchange, const char *name) {
  return MHD_lookup_connection_value(exchange->connection, MHD_GET_ARGUMENT_KIND, name);
}

int count_held(void) {
  int count = 0;
  for (struct exchange *exchange = held; exchange; exchange = exchange->next) count += 1;
  return count;
}

static void do_it(struct server *server, struct exchange *exchange) {
  if (exchange->is_done) return;
  exchange->is_done = true;
  exchange->answer = perform(server, exchange);
}

int release_held(struct server *server, bool late_only) {
  int count = 0;
  for (struct exchange *next, *exchange = held; exchange; exchange = next) {
    next = exchange->next;
    if (late_only && !exchange->is_late) continue;
    if (exchange->is_late) do_it(server, exchange);
    let_go(exchange);
    count += 1;
  }
  return count;
}

/* Releases what is only slow. */
static void *keep_time(void *context) {
  struct server *server = context;
  pthread_mutex_lock(&server->lock);
  while (true) {
    uint64_t now = now_ns(), first = now + 3600000000000u;
    for (struct exchange *next, *exchange = held; exchange; exchange = next) {
      next = exchange->next;
      if (exchange->due && exchange->due <= now) let_go(exchange);
      else if (exchange->due && exchange->due < first) first = exchange->due;
    }
    struct timespec until = {(time_t)(first / 1000000000u), (long)(first % 1000000000u)};
    pthread_cond_timedwait(&changed, &server->lock, &until);
  }
  return NULL;
}

static void make_null(json_t *body) {
  const char *key;
  json_t *value;
  json_object_foreach(body, key, value) {
    if (json_is_array(value) && json_array_size(value)) {
      json_t *entry;
      size_t index;
      json_array_foreach(value, index, entry) make_null(entry);
    } else {
      json_object_set_new(body, key, json_null());
    }
  }
}

struct cut_text {
  char *text;
  size_t half;
};

/* Gives the first half and then breaks the connection. */
static ssize_t give_half(void *context, uint64_t position, char *into, size_t room) {
  struct cut_text *cut = context;
  if (position >= cut->half) return MHD_CONTENT_READER_END_WITH_ERROR;
  size_t count = cut->half - position < room ? cut->half - position : room;
  memcpy(into, cut->text + position, count);
  return (ssize_t)count;
}

static void free_cut(void *context) {
  struct cut_text *cut = context;
  free(cut->text);
  free(cut);
}

static struct MHD_Response *cut_response(char *text, size_t length) {
  struct cut_text *cut = malloc(sizeof *cut);
  if (!cut) abort();
  *cut = (struct cut_text){text, length / 2};
  return MHD_create_response_from_callback(length, 1024, give_half, cut, free_cut);
}

static enum MHD_Result send_answer(struct exchange *exchange) {
  enum action action = exchange->rule.action;
  unsigned status = exchange->answer.status;
  if (action == DO_NULLS) make_null(exchange->answer.body);
  char *text = action == DO_GARBAGE ? strdup("{\"results\": [{\"text\": \"half")
               : exchange->rule.body ? strdup(exchange->rule.body)
                                        : json_dumps(exchange->answer.body, JSON_COMPACT);
  if (!text) text = strdup("null");
  size_t length = strlen(text);
  struct MHD_Response *response =
      action == DO_CUT || action == DO_DROP
          ? cut_response(text, length)
          : MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_FREE);
  MHD_add_response_header(response, "Content-Type", "application/json");
  if (exchange->answer.retry_after >= 0) {
    char seconds[24];
    snprintf(seconds, sizeof seconds, "%lld", (long long)exchange->answer.retry_after);
    MHD_add_response_header(response, "Retry-After", seconds);
  }
  enum MHD_Result result = MHD_queue_response(exchange->connection, status, response);
  MHD_destroy_response(response);
  return result;
}

/* The request is there as a whole. */
static enum MHD_Result handle(struct server *server, struct exchange *exchange) {
  settle(server);
  server->requests += 1;
  server->bytes += exchange->length;
  server->counts[exchange->endpoint] += 1;
  take_rule(server, exchange);
  const struct rule *rule = &exchange->rule;
  switch (rule->action) {
    case DO_HANG: hold(exchange, 0, false); return MHD_YES;
    case DO_LATE: hold(exchange, 0, true); return MHD_YES;
    case DO_SLOW:
      hold(exchange, now_ns() + (uint64_t)rule->milliseconds * 1000000, false);
      return MHD_YES;
    case DO_SWALLOW:
      do_it(server, exchange);
      hold(exchange, 0, false);
      return MHD_YES;
    case DO_GATEWAY:
      do_it(server, exchange);
      json_decref(exchange->answer.body);
      exchange->answer = refused((unsigned)rule->status, "scripted status");
      exchange->answer.retry_after = rule->retry_after;
      break;
    case DO_STATUS:
    case DO_DROP:
      exchange->is_done = true;
      exchange->answer = refused(rule->status ? (unsigned)rule->status : 200, "scripted status");
      exchange->answer.retry_after = rule->retry_after;
      break;
    default: do_it(server, exchange);
  }
  return send_answer(exchange);
}

static struct exchange *begin(struct server *server, struct MHD_Connection *connection,
                              const char *url, const char *method) {
  struct exchange *exchange = calloc(1, sizeof *exchange);
  if (!exchange) return NULL;
  exchange->connection = connection;
  exchange->path = strdup(url);
  exchange->endpoint = endpoint_of(method, url);
  exchange->answer.retry_after = -1;
  snprintf(exchange->method, sizeof exchange->method, "%s", method);
  const char *key = server->options.api_key;
  const char *sent = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
  exchange->is_authorized =
      !key || (sent && !strncmp(sent, "Bearer ", 7) && !strcmp(sent + 7, key));
  return exchange;
}

static bool add(struct exchange *exchange, const char *bytes, size_t count) {
  if (exchange->length + count > exchange->capacity) {
    size_t capacity = (exchange->length + count) * 2;
    char *grown = realloc(exchange->body, capacity);
    if (!grown) return false;
    exchange->body = grown;
    exchange->capacity = capacity;
  }
  memcpy(exchange->body + exchange->length, bytes, count);
  exchange->length += count;
  return true;
}

/* What libmicrohttpd passes to a handler. */
#define HANDLER_PARAMETERS                                                                \
  void *context, struct MHD_Connection *connection, const char *url, const char *method, \
      const char *version, const char *upload, size_t *upload_size, void **state

static enum MHD_Result on_request(HANDLER_PARAMETERS) {
  (void)version;
  struct server *server = context;
  struct exchange *exchange = *state;
  if (!exchange) {
    *state = begin(server, connection, url, method);
    return *state ? MHD_YES : MHD_NO;
  }
  if (*upload_size) {
    bool is_added = add(exchange, upload, *upload_size);
    *upload_size = 0;
    return is_added ? MHD_YES : MHD_NO;
  }
  pthread_mutex_lock(&server->lock);
  enum MHD_Result result = MHD_YES;
  if (!exchange->is_read) {
    exchange->is_read = true;
    result = handle(server, exchange);
  } else if (!exchange->is_held) {
    do_it(server, exchange);
    result = send_answer(exchange);
  }
  pthread_mutex_unlock(&server->lock);
  return result;
}

static void on_end(void *context, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode code) {
  (void)context, (void)connection, (void)code;
  struct exchange *exchange = *state;
  if (!exchange) return;
  json_decref(exchange->answer.body);
  free(exchange->path);
  free(exchange->body);
  free(exchange->rule.body);
  free(exchange);
  *state = NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **state,
                          enum MHD_ConnectionNotificationCode code) {
  (void)connection, (void)state;
  struct server *server = context;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) server->connections += 1;
}

bool http_start(struct server *server) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons((uint16_t)server->options.port)};
  pthread_condattr_t clock;
  pthread_condattr_init(&clock);
  pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
  pthread_cond_init(&changed, &clock);
  daemon_ = MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL,
      on_request, server, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, on_end,
      NULL, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)65536, MHD_OPTION_END);
  if (!daemon_) return false;
  server->options.port = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT)->port;
  return pthread_create(&timer, NULL, keep_time, server) == 0;
}
