#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, pipe2 */
#endif
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "listener.h"

enum {
  CLIENTS = 64,
  /* A text of 1 MiB has to fit with every byte escaped, in both directions. */
  LINE_LIMIT = (2 << 20) + (64 << 10),
  OUT_LIMIT = 4 << 20,
  /* A client that does not read its replies is not read from either. */
  OUT_PAUSE = 1 << 20,
  READ_SIZE = 16 << 10,
};

struct server {
  /* Guards `out`, `chat`, what is owed and the coming and going of clients. What is read belongs to
   * the thread alone, and only the thread opens and closes. Not held while the handler runs. */
  pthread_mutex_t lock;
  pthread_t thread;
  int wake_in, wake_out;
  listener_t listener;
  atomic_int stopping;
  const char *why; /* it stops; set before `stopping` */
  int out_of_descriptors;
  said_fn handler;
  void *context;
  client_t clients[CLIENTS];
};

static hf_str_t text(const char *c) { return (hf_str_t){c, strlen(c)}; }

static int same(hf_str_t a, const char *b) {
  return a.len == strlen(b) && memcmp(a.ptr, b, a.len) == 0;
}

static client_id_t name_of(const server_t *server, const client_t *client) {
  return (uint64_t)client->generation << 8 | (uint64_t)(client - server->clients);
}

/* Telling */

static void wake(server_t *server) {
  ssize_t ignored = write(server->wake_in, "", 1); /* a full pipe wakes just as well */
  (void)ignored;
}

int server_tell(server_t *server, client_id_t id, const hf_str_t *fields, int count) {
  client_t *client = &server->clients[(id & 0xff) % CLIENTS];
  pthread_mutex_lock(&server->lock);
  int told = name_of(server, client) == id ? client_tell(client, fields, count) : 0;
  pthread_mutex_unlock(&server->lock);
  wake(server);
  return told;
}

/* Nobody whose buffer still holds the line is waited for. */
static void excuse(server_t *server, uint64_t number) {
  for (client_t *client = server->clients; client < server->clients + CLIENTS; client++)
    if (client->owed == number && client->unwritten > 0) client_owe(client, 0, 0);
}

told_t server_tell_chat(server_t *server, hf_str_t chat, const hf_str_t *fields, int count,
                        uint64_t number) {
  told_t told = {0, 0};
  int slow = 0;
  char digits[24];
  hf_str_t numbered[TOLD_FIELDS + 1];
  int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
  memcpy(numbered, fields, (size_t)count * sizeof *fields);
  numbered[count] = (hf_str_t){digits, (uint64_t)length};
  pthread_mutex_lock(&server->lock);
  for (client_t *client = server->clients; client < server->clients + CLIENTS; client++) {
    if (chat.len == 0 || !same(chat, client->chat)) continue;
    int says = client->acknowledges && !client->finished;
    if (!client_tell(client, numbered, count + (client->acknowledges ? 1 : 0))) continue;
    size_t unwritten = says ? 0 : client_unwritten(client);
    if (says || unwritten > 0) client_owe(client, number, unwritten);
    *(says ? &told.awaited : unwritten > 0 ? &slow : &told.plainly) += 1;
  }
  /* Of those who say nothing the first one that has it decides, unless somebody says it. */
  if (told.plainly + told.awaited == 0) told.awaited = slow;
  else if (slow > 0) excuse(server, number);
  pthread_mutex_unlock(&server->lock);
  wake(server);
  return told;
}

/* A client will not show what it owes. Gives the number if it was the last who could, else 0.
 * Called with the lock. */
static uint64_t forget(server_t *server, client_t *client) {
  uint64_t number = client->owed;
  client_owe(client, 0, 0);
  for (client_t *other = server->clients; other < server->clients + CLIENTS; other++)
    if (other->owed == number) return 0;
  return number;
}

/* A client has shown what it owes; the others need not. Gives the number. Called with the lock. */
static uint64_t settle_debt(server_t *server, const client_t *client) {
  uint64_t number = client->owed;
  for (client_t *other = server->clients; other < server->clients + CLIENTS; other++)
    if (other->owed == number) client_owe(other, 0, 0);
  return number;
}

static void report(server_t *server, saying_t what, uint64_t number) {
  said_t said = {.what = what, .number = number};
  if (number) server->handler(server->context, server, &said);
}

static void end_with(server_t *server, client_t *client, const char *why) {
  pthread_mutex_lock(&server->lock);
  client_tell(client, (hf_str_t[]){HF_STR("bye"), text(why)}, 2);
  client->ending = 1;
  pthread_mutex_unlock(&server->lock);
}

static void refuse(server_t *server, client_t *client, hf_str_t id, const char *why) {
  server_tell(server, name_of(server, client), (hf_str_t[]){HF_STR("refused"), id, text(why)}, 3);
}

/* Listening to what clients say */

static void hello(server_t *server, client_t *client, const hf_str_t *fields, int count) {
  int acknowledges = count == 4 && same(fields[3], "acks");
  if (count != 3 + acknowledges || client->chat[0] || !fields[1].len || !fields[2].len ||
      fields[1].len > NAME_LIMIT || fields[2].len > NAME_LIMIT ||
      memchr(fields[1].ptr, 0, fields[1].len) || memchr(fields[2].ptr, 0, fields[2].len)) {
    end_with(server, client, "expected once: hello, chat and user of 1 to 256 bytes, acks or none");
    return;
  }
  pthread_mutex_lock(&server->lock);
  memcpy(client->chat, fields[1].ptr, fields[1].len);
  memcpy(client->user, fields[2].ptr, fields[2].len);
  client->acknowledges = acknowledges;
  client_tell(client, (hf_str_t[]){HF_STR("ready"), HF_STR("holdfast console 1")}, 2);
  pthread_mutex_unlock(&server->lock);
  said_t joined = {.client = name_of(server, client), /* SAID_HELLO */
                   .chat = text(client->chat),
                   .user = text(client->user)};
  server->handler(server->context, server, &joined);
}

/* A client has shown the line that it was told last. */
static void got(server_t *server, client_t *client, hf_str_t digits) {
  int is_number = digits.len > 0 && digits.ptr[0] >= '0' && digits.ptr[0] <= '9';
  uint64_t number = is_number ? strtoull(digits.ptr, NULL, 10) : 0; /* ends with the line */
  pthread_mutex_lock(&server->lock);
  int counts = number && client->owed == number;
  if (counts) settle_debt(server, client);
  pthread_mutex_unlock(&server->lock);
  if (counts) report(server, SAID_GOT, number);
}

static void understand(server_t *server, client_t *client, char *line, size_t length) {
  hf_str_t fields[4];
  int broken, count = line_split(line, length, fields, 4, &broken);
  if (count > 0 && same(fields[0], "hello") && !broken) {
    hello(server, client, fields, count);
  } else if (count == 2 && same(fields[0], "got") && client->acknowledges) {
    got(server, client, fields[1]);
  } else if (count != 3 || !same(fields[0], "say") || !client->chat[0]) {
    end_with(server, client, "expected: hello, chat, user; then: say, id, text; TAB between them");
  } else if (broken) {
    refuse(server, client, fields[1], "a backslash must be followed by \\, n, t or r");
  } else {
    said_t said = {SAID_TEXT,  name_of(server, client), 0,
                   text(client->chat), text(client->user), fields[1], fields[2]};
    server->handler(server->context, server, &said);
  }
}

/* The id of a line of which only the beginning is there. */
static hf_str_t id_of_beginning(const buffer_t *in) {
  const char *bytes = in->bytes + in->start;
  if (memcmp(bytes, "say\t", 4) != 0) return HF_STR("");
  const char *end = memchr(bytes + 4, '\t', NAME_LIMIT);
  return end ? (hf_str_t){bytes + 4, (uint64_t)(end - bytes) - 4} : HF_STR("");
}

static void take_lines(server_t *server, client_t *client) {
  buffer_t *in = &client->in;
  while (!client->ending && in->end > in->start) {
    char *begin = in->bytes + in->start;
    size_t length = in->end - in->start;
    char *newline = memchr(begin + client->scanned, '\n', length - client->scanned);
    if (newline) {
      size_t line = (size_t)(newline - begin);
      if (!client->discarding) understand(server, client, begin, line);
      client->discarding = 0;
      client->scanned = 0;
      buffer_consume(in, line + 1);
      continue;
    }
    client->scanned = length;
    if (length < LINE_LIMIT && !client->discarding) return;
    if (!client->discarding) refuse(server, client, id_of_beginning(in), "the line is too long");
    client->discarding = 1;
    client->scanned = 0;
    buffer_consume(in, length);
  }
}

static void listen_to(server_t *server, client_t *client) {
  buffer_t *in = &client->in;
  size_t room = LINE_LIMIT - (in->end - in->start);
  if (room > READ_SIZE) room = READ_SIZE;
  ssize_t count = -1;
  if (buffer_reserve(in, room)) {
    count = recv(client->fd, in->bytes + in->end, room, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  }
  if (count > 0) {
    in->end += (size_t)count;
    take_lines(server, client);
  } else if (count == 0) {
    client->finished = 1;
    pthread_mutex_lock(&server->lock);
    /* Without acks nothing was to be said, and what is queued still goes out. */
    uint64_t lost = client->acknowledges ? forget(server, client) : 0;
    pthread_mutex_unlock(&server->lock);
    report(server, SAID_NOTHING, lost);
  } else {
    end_with(server, client, "reading failed");
  }
}

/* Coming and going; the thread holds the lock for these */

static void leave(server_t *server, client_t *client) {
  close(client->fd);
  buffer_free(&client->in);
  buffer_free(&client->out);
  *client = (client_t){.fd = -1, .generation = client->generation};
  server->out_of_descriptors = 0;
}

static void enter(server_t *server) {
  int fd = accept4(server->listener.fd, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) {
    server->out_of_descriptors = errno == EMFILE || errno == ENFILE;
    return;
  }
  for (client_t *client = server->clients; client < server->clients + CLIENTS; client++) {
    if (client->fd >= 0) continue;
    client->fd = fd;
    client->generation++;
    client->in.limit = LINE_LIMIT;
    client->out.limit = OUT_LIMIT;
    return;
  }
  static const char full[] = "bye\ttoo many clients\n";
  send(fd, full, sizeof full - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
  close(fd);
}

/* Numbers of lines, 0: none. */
typedef struct outcome {
  uint64_t shown, lost; /* a client has all of it; nobody is left who could show it */
} outcome_t;

/* Writes what can be written, lets go whom it is time for, and says what to wait for. */
static void settle(server_t *server, struct pollfd *polls, outcome_t *outcomes) {
  for (int i = 0; i < CLIENTS; i++) {
    client_t *client = &server->clients[i];
    if (client->fd >= 0) client_flush(client);
    outcomes[i] = (outcome_t){0, 0};
    if (client->is_written) outcomes[i].shown = settle_debt(server, client);
    if (client->fd >= 0 && client->ending) {
      outcomes[i].lost = forget(server, client);
      leave(server, client);
    }
    size_t waiting = client_unwritten(client);
    int reads = !client->finished && waiting < OUT_PAUSE;
    int events = (reads ? POLLIN : 0) | (waiting ? POLLOUT : 0);
    polls[i] = (struct pollfd){client->fd, (short)events, 0};
  }
}

/* The last chance: what clients have said by now counts, and then they hear why. */
static void say_goodbye(server_t *server) {
  for (client_t *client = server->clients; client < server->clients + CLIENTS; client++) {
    if (client->fd < 0) continue;
    if (!client->ending && !client->finished) listen_to(server, client);
    end_with(server, client, server->why);
  }
}

static void *serve(void *argument) {
  server_t *server = argument;
  struct pollfd polls[CLIENTS + 2];
  outcome_t outcomes[CLIENTS];
  for (;;) {
    int stopping = server->stopping;
    if (stopping) say_goodbye(server);
    pthread_mutex_lock(&server->lock);
    settle(server, polls, outcomes);
    pthread_mutex_unlock(&server->lock);
    for (int i = 0; i < CLIENTS; i++) {
      report(server, SAID_GOT, outcomes[i].shown);
      report(server, SAID_NOTHING, outcomes[i].lost);
    }
    if (stopping) return NULL;

    /* Without descriptors the listener would stay readable and the loop would spin. */
    int full = server->out_of_descriptors;
    polls[CLIENTS] = (struct pollfd){server->wake_out, POLLIN, 0};
    polls[CLIENTS + 1] = (struct pollfd){full ? -1 : server->listener.fd, POLLIN, 0};
    if (poll(polls, CLIENTS + 2, full ? 500 : -1) < 0) continue;
    server->out_of_descriptors = 0;

    char drained[256];
    if (polls[CLIENTS].revents && read(server->wake_out, drained, sizeof drained) < 0) continue;
    for (int i = 0; i < CLIENTS; i++) {
      client_t *client = &server->clients[i];
      if (polls[i].revents & POLLIN) listen_to(server, client);
      else if (polls[i].revents & (POLLHUP | POLLERR)) end_with(server, client, "");
    }
    pthread_mutex_lock(&server->lock);
    if (polls[CLIENTS + 1].revents) enter(server);
    pthread_mutex_unlock(&server->lock);
  }
}

/* Opening and closing */

static int start_thread(server_t *server) {
  int ends[2];
  if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0) return 0;
  server->wake_out = ends[0];
  server->wake_in = ends[1];
  /* Signals are the host's. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = pthread_create(&server->thread, NULL, serve, server);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (!failed) pthread_setname_np(server->thread, "console");
  return !failed;
}

static void release(server_t *server) {
  listener_close(&server->listener);
  if (server->wake_in >= 0) close(server->wake_in);
  if (server->wake_out >= 0) close(server->wake_out);
  pthread_mutex_destroy(&server->lock);
  free(server);
}

server_t *server_open(const char *path, said_fn handler, void *context, char *reason, size_t size) {
  server_t *server = calloc(1, sizeof *server);
  if (!server) {
    snprintf(reason, size, "out of memory");
    return NULL;
  }
  server->handler = handler;
  server->context = context;
  server->listener.fd = server->wake_in = server->wake_out = -1;
  for (int i = 0; i < CLIENTS; i++) server->clients[i].fd = -1;
  pthread_mutex_init(&server->lock, NULL);
  if (listener_open(&server->listener, path, CLIENTS, reason, size)) {
    if (start_thread(server)) return server;
    snprintf(reason, size, "no thread or pipe for the console: %s", strerror(errno));
  }
  release(server);
  return NULL;
}

void server_close(server_t *server, const char *why) {
  server->why = why;
  server->stopping = 1;
  wake(server);
  pthread_join(server->thread, NULL);
  release(server);
}
