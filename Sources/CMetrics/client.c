#define CURL_DISABLE_TYPECHECK
#include "cmetrics.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct cmetrics_client {
  CURL *handle;
  struct curl_slist *headers;
  atomic_int cancelled;
  char problem[CURL_ERROR_SIZE];
  __typeof__(curl_easy_init) *make;
  __typeof__(curl_easy_cleanup) *end;
  __typeof__(curl_easy_setopt) *set;
  __typeof__(curl_easy_perform) *perform;
  __typeof__(curl_easy_getinfo) *info;
  __typeof__(curl_easy_strerror) *text;
  __typeof__(curl_slist_append) *append;
  __typeof__(curl_slist_free_all) *free_all;
};

static void *library;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
  for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++)
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  __typeof__(curl_global_init) *start =
    (__typeof__(curl_global_init) *)dlsym(library, "curl_global_init");
  if (!start || start(CURL_GLOBAL_DEFAULT) != 0) library = NULL;
}

static int find(cmetrics_client_t *client) {
#define FIND(field, name) ((client->field = (__typeof__(name) *)dlsym(library, #name)) != 0)
  return FIND(make, curl_easy_init) && FIND(end, curl_easy_cleanup) &&
         FIND(set, curl_easy_setopt) && FIND(perform, curl_easy_perform) &&
         FIND(info, curl_easy_getinfo) && FIND(text, curl_easy_strerror) &&
         FIND(append, curl_slist_append) && FIND(free_all, curl_slist_free_all);
#undef FIND
}

cmetrics_client_t *cmetrics_client_make(void) {
  pthread_once(&once, load);
  if (!library) return NULL;
  cmetrics_client_t *client = calloc(1, sizeof *client);
  if (client && find(client) && (client->handle = client->make())) return client;
  free(client);
  return NULL;
}

int cmetrics_client_header(cmetrics_client_t *client, const char *line) {
  struct curl_slist *longer = client->append(client->headers, line);
  if (longer) client->headers = longer;
  return longer != NULL;
}

/* What a collector answers is of no interest. */
static size_t drop(char *data, size_t size, size_t count, void *context) {
  (void)data;
  (void)context;
  return size * count;
}

static int go_on(
  void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  (void)a, (void)b, (void)c, (void)d;
  return atomic_load(&((cmetrics_client_t *)context)->cancelled);
}

int cmetrics_client_post(
  cmetrics_client_t *client, const char *url, const uint8_t *body, size_t count,
  uint32_t timeout_ms) {
  CURL *handle = client->handle;
  long timeout = (long)timeout_ms;
  client->problem[0] = 0;
  client->set(handle, CURLOPT_URL, url);
  client->set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  client->set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  client->set(handle, CURLOPT_NOSIGNAL, 1L);
  client->set(handle, CURLOPT_TIMEOUT_MS, timeout);
  client->set(handle, CURLOPT_CONNECTTIMEOUT_MS, timeout);
#if LIBCURL_VERSION_NUM >= 0x075700
  /* A name that nobody answers for is not waited for; older libraries do not know of that. */
  client->set(handle, CURLOPT_QUICK_EXIT, 1L);
#endif
  client->set(handle, CURLOPT_POST, 1L);
  client->set(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
  client->set(handle, CURLOPT_POSTFIELDS, (const char *)body);
  client->set(handle, CURLOPT_HTTPHEADER, client->headers);
  client->set(handle, CURLOPT_WRITEFUNCTION, drop);
  client->set(handle, CURLOPT_ERRORBUFFER, client->problem);
  client->set(handle, CURLOPT_NOPROGRESS, 0L);
  client->set(handle, CURLOPT_XFERINFOFUNCTION, go_on);
  client->set(handle, CURLOPT_XFERINFODATA, client);
  CURLcode code = client->perform(handle);
  client->set(handle, CURLOPT_POSTFIELDS, NULL);
  if (code != CURLE_OK) {
    if (!client->problem[0])
      strncpy(client->problem, client->text(code), sizeof client->problem - 1);
    return -(int)code;
  }
  long status = 0;
  client->info(handle, CURLINFO_RESPONSE_CODE, &status);
  return (int)status;
}

const char *cmetrics_client_problem(const cmetrics_client_t *client) { return client->problem; }

void cmetrics_client_cancel(cmetrics_client_t *client) { atomic_store(&client->cancelled, 1); }

void cmetrics_client_free(cmetrics_client_t *client) {
  client->end(client->handle);
  client->free_all(client->headers);
  free(client);
}
