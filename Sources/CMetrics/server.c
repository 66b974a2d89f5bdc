#include "cmetrics.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_CLIENTS = 16, SECONDS = 10, STACK = 512 * 1024 };

struct cmetrics_page {
  uint8_t *bytes;
  size_t count;
};

struct cmetrics_server {
  void *library;
  struct MHD_Daemon *daemon;
  uint16_t port;
  char content_type[128];
  cmetrics_page_function page;
  void *context;
  __typeof__(MHD_start_daemon) *start;
  __typeof__(MHD_stop_daemon) *stop;
  __typeof__(MHD_create_response_from_buffer) *make;
  __typeof__(MHD_queue_response) *queue;
  __typeof__(MHD_destroy_response) *destroy;
  __typeof__(MHD_add_response_header) *header;
  __typeof__(MHD_lookup_connection_value) *lookup;
};

typedef union address {
  struct sockaddr any;
  struct sockaddr_in four;
  struct sockaddr_in6 six;
} address_t;

/* The bytes of an address, 0 if the text is none or others could reach it. */
static socklen_t parse(const char *text, uint16_t port, address_t *address) {
  memset(address, 0, sizeof *address);
  if (inet_pton(AF_INET, text, &address->four.sin_addr) == 1) {
    if (ntohl(address->four.sin_addr.s_addr) >> 24 != 127) return 0;
    address->four.sin_family = AF_INET;
    address->four.sin_port = htons(port);
    return sizeof address->four;
  }
  if (inet_pton(AF_INET6, text, &address->six.sin6_addr) == 1) {
    if (!IN6_IS_ADDR_LOOPBACK(&address->six.sin6_addr)) return 0;
    address->six.sin6_family = AF_INET6;
    address->six.sin6_port = htons(port);
    return sizeof address->six;
  }
  return 0;
}

int cmetrics_is_loopback(const char *address) {
  address_t parsed;
  return parse(address, 0, &parsed) != 0;
}

void cmetrics_page_set(cmetrics_page_t *page, const uint8_t *bytes, size_t count) {
  free(page->bytes);
  page->bytes = malloc(count ? count : 1);
  page->count = page->bytes ? count : 0;
  if (page->bytes) memcpy(page->bytes, bytes, count);
}

static enum MHD_Result say(
  cmetrics_server_t *server, struct MHD_Connection *connection, unsigned status,
  const char *content_type, const void *bytes, size_t count) {
  struct MHD_Response *response =
    server->make(count, (void *)(uintptr_t)bytes, MHD_RESPMEM_MUST_COPY);
  if (!response) return MHD_NO;
  server->header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
  enum MHD_Result result = server->queue(connection, status, response);
  server->destroy(response);
  return result;
}

static enum MHD_Result say_text(
  cmetrics_server_t *server, struct MHD_Connection *connection, unsigned status, const char *text) {
  return say(server, connection, status, "text/plain; charset=utf-8", text, strlen(text));
}

/* A page of the web that has this machine's address under a name of its own is not asked by
 * anybody here. */
static int is_local_name(const char *host) {
  if (!host) return 1;
  char name[64];
  const char *port = strrchr(host, ':');
  if (port && strchr(port, ']')) port = NULL;
  size_t length = port ? (size_t)(port - host) : strlen(host);
  if (length >= sizeof name) return 0;
  memcpy(name, host, length);
  name[length] = 0;
  struct in_addr address;
  if (inet_pton(AF_INET, name, &address) == 1) return (ntohl(address.s_addr) >> 24) == 127;
  return strcmp(name, "[::1]") == 0 || strcasecmp(name, "localhost") == 0;
}

/* What the library hands to its handler. */
#define HANDLER_PARAMETERS \
  void *context, struct MHD_Connection *connection, const char *url, const char *method, \
    const char *version, const char *data, size_t *size, void **state

static enum MHD_Result answer(HANDLER_PARAMETERS) {
  static int seen;
  cmetrics_server_t *server = context;
  (void)version;
  (void)data;
  if (!*state) {
    *state = &seen;
    return MHD_YES;
  }
  if (*size) { /* what nobody asked for is not read to its end */
    *size = 0;
    return MHD_YES;
  }
  if (!is_local_name(server->lookup(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST)))
    return say_text(server, connection, 403, "Ask by the address of this machine.\n");
  if (strcmp(url, "/metrics") != 0)
    return say_text(server, connection, 404, "There is /metrics and nothing else.\n");
  if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
    return say_text(server, connection, 405, "Use GET.\n");
  cmetrics_page_t page = {0};
  server->page(server->context, &page);
  enum MHD_Result result =
    page.bytes ? say(server, connection, 200, server->content_type, page.bytes, page.count)
               : say_text(server, connection, 503, "The host cannot answer now.\n");
  free(page.bytes);
  return result;
}

static int load(cmetrics_server_t *server) {
  server->library = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
  if (!server->library) return 0;
#define FIND(field, name) ((server->field = (__typeof__(name) *)dlsym(server->library, #name)) != 0)
  return FIND(start, MHD_start_daemon) && FIND(stop, MHD_stop_daemon) &&
         FIND(make, MHD_create_response_from_buffer) && FIND(queue, MHD_queue_response) &&
         FIND(destroy, MHD_destroy_response) && FIND(header, MHD_add_response_header) &&
         FIND(lookup, MHD_lookup_connection_value);
#undef FIND
}

/* A listening socket, or a negative errno; made here so that the reason is known. */
static int listen_at(const address_t *address, socklen_t size, uint16_t *port) {
  int one = 1;
  int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  address_t bound = *address;
  socklen_t length = sizeof bound;
  if (bind(fd, &address->any, size) < 0 || listen(fd, MOST_CLIENTS) < 0 ||
      getsockname(fd, &bound.any, &length) < 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  *port = ntohs(bound.any.sa_family == AF_INET ? bound.four.sin_port : bound.six.sin6_port);
  return fd;
}

static int begin(cmetrics_server_t *server, const char *text, uint16_t port) {
  address_t address;
  socklen_t size = parse(text, port, &address);
  if (!size) return CMETRICS_BAD_ADDRESS;
  if (!load(server)) return CMETRICS_NO_LIBRARY;
  int fd = listen_at(&address, size, &server->port);
  if (fd < 0) return -fd;
  /* The library's thread takes no signals that are meant for the host. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  server->daemon = server->start(
    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, port, NULL, NULL, answer, server,
    MHD_OPTION_LISTEN_SOCKET, (MHD_socket)fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)MOST_CLIENTS,
    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SECONDS, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK,
    MHD_OPTION_END);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (server->daemon) return 0;
  close(fd);
  return EIO;
}

/* The libraries stay loaded: what is behind them may have threads and handlers of its own. */
cmetrics_server_t *cmetrics_server_start(
  const char *address, uint16_t port, const char *content_type, cmetrics_page_function page,
  void *context, int *problem) {
  cmetrics_server_t *server = calloc(1, sizeof *server);
  *problem = ENOMEM;
  if (!server) return NULL;
  server->page = page;
  server->context = context;
  strncpy(server->content_type, content_type, sizeof server->content_type - 1);
  *problem = begin(server, address, port);
  if (*problem == 0) return server;
  free(server);
  return NULL;
}

uint16_t cmetrics_server_port(const cmetrics_server_t *server) { return server->port; }

void cmetrics_server_stop(cmetrics_server_t *server) {
  server->stop(server->daemon);
  free(server);
}
