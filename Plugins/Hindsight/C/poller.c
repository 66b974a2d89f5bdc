/* Waits for the sockets of a libcurl multi handle with epoll.
 *
 * curl_multi_perform and curl_multi_poll look at every transfer each time one of them moves: with
 * dozens under way that is most of what they do. Here a transfer is looked at when its own socket
 * says so. */
#include "chindsight.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define NEVER INT64_MAX

struct chindsight_poller {
  CURLM *multi;
  int sockets;
  int bell;
  int64_t due; /* when libcurl wants to be asked whatever happens, in milliseconds */
};

static int64_t now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* `known` is libcurl's note that the socket was added before; null for a new one. */
static int on_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *known) {
  (void)easy;
  struct chindsight_poller *poller = context;
  if (what == CURL_POLL_REMOVE) {
    /* One that was closed has left by itself. */
    epoll_ctl(poller->sockets, EPOLL_CTL_DEL, socket, NULL);
    return 0;
  }
  struct epoll_event event = {.data.fd = socket};
  if (what & CURL_POLL_IN) event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
  int change = known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (epoll_ctl(poller->sockets, change, socket, &event) != 0) {
    if (errno != EEXIST && errno != ENOENT) return -1;
    change = change == EPOLL_CTL_ADD ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(poller->sockets, change, socket, &event) != 0) return -1;
  }
  if (!known) curl_multi_assign(poller->multi, socket, poller);
  return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *context) {
  (void)multi;
  struct chindsight_poller *poller = context;
  poller->due = timeout_ms < 0 ? NEVER : now_ms() + timeout_ms;
  return 0;
}

struct chindsight_poller *chindsight_poller_make(CURLM *multi) {
  struct chindsight_poller *poller = calloc(1, sizeof *poller);
  if (!poller) return NULL;
  *poller = (struct chindsight_poller){multi, epoll_create1(EPOLL_CLOEXEC),
                                       eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), NEVER};
  struct epoll_event event = {.events = EPOLLIN, .data.fd = poller->bell};
  if (poller->sockets < 0 || poller->bell < 0 ||
      epoll_ctl(poller->sockets, EPOLL_CTL_ADD, poller->bell, &event) != 0) {
    chindsight_poller_free(poller);
    return NULL;
  }
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, poller);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, poller);
  return poller;
}

void chindsight_poller_free(struct chindsight_poller *poller) {
  if (!poller) return;
  if (poller->sockets >= 0) close(poller->sockets);
  if (poller->bell >= 0) close(poller->bell);
  free(poller);
}

void chindsight_poller_wake(struct chindsight_poller *poller) { eventfd_write(poller->bell, 1); }

void chindsight_poller_start(struct chindsight_poller *poller) {
  if (poller->due > now_ms()) return;
  int running = 0;
  poller->due = NEVER;
  curl_multi_socket_action(poller->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

void chindsight_poller_wait(struct chindsight_poller *poller, int milliseconds) {
  struct epoll_event events[64];
  int64_t left = poller->due == NEVER ? milliseconds : poller->due - now_ms();
  if (left > milliseconds) left = milliseconds;
  int count = epoll_wait(poller->sockets, events, 64, left < 0 ? 0 : (int)left);
  for (int place = 0; place < count; place += 1) {
    int socket = events[place].data.fd, running = 0, mask = 0;
    if (socket == poller->bell) {
      eventfd_t rings;
      eventfd_read(socket, &rings);
      continue;
    }
    if (events[place].events & EPOLLIN) mask |= CURL_CSELECT_IN;
    if (events[place].events & EPOLLOUT) mask |= CURL_CSELECT_OUT;
    if (events[place].events & (EPOLLERR | EPOLLHUP)) mask |= CURL_CSELECT_ERR;
    curl_multi_socket_action(poller->multi, socket, mask, &running);
  }
}
