/* Figures over HTTP: given to whoever asks on this machine, or sent to a collector. The libraries
 * that do it are loaded when they are needed, so that a host without them pays nothing. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* An answer that is being made. */
typedef struct cmetrics_page cmetrics_page_t;
typedef struct cmetrics_server cmetrics_server_t;
typedef struct cmetrics_client cmetrics_client_t;

/* Makes the page; called on the server's own thread for each request. */
typedef void (*cmetrics_page_function)(
  void *_Nullable context, cmetrics_page_t *_Nonnull page);

/* Sets what a page says; the bytes are copied. */
void cmetrics_page_set(
  cmetrics_page_t *_Nonnull page, const uint8_t *_Nonnull bytes, size_t count);

/* Answers GET /metrics at a loopback address until it is stopped, with libmicrohttpd. Null if that
 * is not possible; `problem` is then an errno, or CMETRICS_NO_LIBRARY. */
cmetrics_server_t *_Nullable cmetrics_server_start(
  const char *_Nonnull address, uint16_t port, const char *_Nonnull content_type,
  cmetrics_page_function _Nonnull page, void *_Nullable context, int *_Nonnull problem);

/* The port that it listens at, which the system chose if 0 was asked for. */
uint16_t cmetrics_server_port(const cmetrics_server_t *_Nonnull server);

/* Answers nobody any more; returns when no page is being made. */
void cmetrics_server_stop(cmetrics_server_t *_Nonnull server);

enum { CMETRICS_NO_LIBRARY = -1, CMETRICS_BAD_ADDRESS = -2 };

/* Whether the text is the address of this machine for itself alone. */
int cmetrics_is_loopback(const char *_Nonnull address);

/* A client that sends with libcurl; null if there is no such library. One thread at a time. */
cmetrics_client_t *_Nullable cmetrics_client_make(void);

/* Adds a line such as "Authorization: Bearer x" to what is sent; 0 if that is not possible. */
int cmetrics_client_header(cmetrics_client_t *_Nonnull client, const char *_Nonnull line);

/* Sends the body with POST and waits at most `timeout_ms` for the answer. The status of the answer;
 * below 0 if there was none, `cmetrics_client_problem` says why. */
int cmetrics_client_post(
  cmetrics_client_t *_Nonnull client, const char *_Nonnull url, const uint8_t *_Nonnull body,
  size_t count, uint32_t timeout_ms);

/* Why there was no answer, until the next call. */
const char *_Nonnull cmetrics_client_problem(const cmetrics_client_t *_Nonnull client);

/* Ends a call in progress soon, and every later one at once; from any thread. */
void cmetrics_client_cancel(cmetrics_client_t *_Nonnull client);

void cmetrics_client_free(cmetrics_client_t *_Nonnull client);
