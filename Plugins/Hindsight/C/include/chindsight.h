/* What Swift cannot say itself: functions of libcurl with a variable number of parameters, waiting
 * for its sockets, a thread without signals, and the plugin's note, which is in note.c. */
#ifndef CHINDSIGHT_H
#define CHINDSIGHT_H

#include <curl/curl.h>
#include <jansson.h>
#include <pthread.h>

typedef size_t (*chindsight_write_fn)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode chindsight_set_number(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}
/* libcurl copies the text. */
static inline CURLcode chindsight_set_text(CURL *easy, CURLoption option, const char *text) {
  return curl_easy_setopt(easy, option, text);
}
/* Kept by libcurl until it is set again. */
static inline CURLcode chindsight_set_pointer(CURL *easy, CURLoption option, void *pointer) {
  return curl_easy_setopt(easy, option, pointer);
}
static inline CURLcode chindsight_set_write(CURL *easy, chindsight_write_fn write) {
  return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, write);
}
static inline CURLcode chindsight_set_size(CURL *easy, CURLoption option, curl_off_t size) {
  return curl_easy_setopt(easy, option, size);
}
static inline long chindsight_status(CURL *easy) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  return status;
}
/* Seconds, 0 if the server has not said. */
static inline curl_off_t chindsight_retry_after(CURL *easy) {
  curl_off_t seconds = 0;
  curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
  return seconds;
}
/* Whether the request may have left this machine. */
static inline int chindsight_was_sent(CURL *easy) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &microseconds);
  return microseconds > 0;
}
static inline CURLMcode chindsight_multi_number(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}
/* The transfer that is over, or null when all were told of. */
static inline CURL *chindsight_next_done(CURLM *multi, CURLcode *result) {
  int left = 0;
  CURLMsg *message = NULL;
  while ((message = curl_multi_info_read(multi, &left)) && message->msg != CURLMSG_DONE) {}
  if (!message) return NULL;
  *result = message->data.result;
  return message->easy_handle;
}

/* Starts a thread that gets no signals. The name is cut to 15 bytes. 0, or an errno. */
int chindsight_thread_start(pthread_t *thread, const char *name, void *(*body)(void *),
                            void *context);

/* Waits for the sockets of one multi handle, which it belongs to: it is freed behind it. Used on
 * one thread, but for `wake`. */
typedef struct chindsight_poller chindsight_poller_t;
/* Null if the system has no more descriptors or memory. */
chindsight_poller_t *chindsight_poller_make(CURLM *multi);
void chindsight_poller_free(chindsight_poller_t *poller);
/* From any thread: ends the wait. */
void chindsight_poller_wake(chindsight_poller_t *poller);
/* Starts the transfers that were added, and ends those whose time is over. */
void chindsight_poller_start(chindsight_poller_t *poller);
/* Waits for anything to happen, that long at most, and lets the transfers move that can. */
void chindsight_poller_wait(chindsight_poller_t *poller, int milliseconds);

#endif
