#include "console_bench.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A client as anybody would write one */

client_t connect_to(const char *path) {
  client_t client = {.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  if (connect(client.fd, (struct sockaddr *)&address, sizeof address) < 0) {
    close(client.fd);
    client.fd = -1;
  }
  return client;
}

void leave(client_t *client) {
  if (client->fd >= 0) close(client->fd);
  free(client->bytes);
  *client = (client_t){.fd = -1};
}

void put(client_t *client, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(client->fd, bytes, length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return;
    bytes += sent;
    length -= (size_t)sent;
  }
}

void say(client_t *client, const char *line) { put(client, line, strlen(line)); }

const char *hear(client_t *client) {
  for (;;) {
    char *newline = client->used ? memchr(client->bytes, '\n', client->used) : NULL;
    if (newline) {
      client->length = (size_t)(newline - client->bytes);
      size_t kept = client->length < TEXT - 1 ? client->length : TEXT - 1;
      memcpy(client->line, client->bytes, kept);
      client->line[kept] = 0;
      client->used -= client->length + 1;
      memmove(client->bytes, newline + 1, client->used);
      return client->line;
    }
    if (client->capacity - client->used < 65536) {
      client->capacity = client->capacity * 2 + 65536;
      client->bytes = realloc(client->bytes, client->capacity);
      if (!client->bytes) abort();
    }
    struct pollfd readable = {client->fd, POLLIN, 0};
    if (poll(&readable, 1, 10000) <= 0) return "SILENCE";
    ssize_t got =
        recv(client->fd, client->bytes + client->used, client->capacity - client->used, 0);
    if (got <= 0) return "EOF";
    client->used += (size_t)got;
  }
}

int hears(client_t *client, const char *expected) {
  const char *heard = hear(client);
  if (strcmp(heard, expected) == 0) return 1;
  printf("# expected %.200s\n# heard    %.200s\n", expected, heard);
  return 0;
}

int hears_beginning(client_t *client, const char *expected) {
  const char *heard = hear(client);
  if (strncmp(heard, expected, strlen(expected)) == 0) return 1;
  printf("# expected %.200s\n# heard    %.200s\n", expected, heard);
  return 0;
}

client_t greeted_with(bench_t *bench, const char *chat, const char *more) {
  client_t client = connect_to(bench->path);
  char line[512];
  snprintf(line, sizeof line, "hello\t%s\tann%s\n", chat, more);
  say(&client, line);
  if (!hears(&client, "ready\tholdfast console 1")) printf("# no greeting for %s\n", chat);
  return client;
}

client_t greeted(bench_t *bench, const char *chat) { return greeted_with(bench, chat, ""); }

/* What the host does */

void give_receipt(bench_t *bench, const received_t *received, int32_t status) {
  hf_receipt_t receipt = {.size = sizeof receipt,
                          .status = status,
                          .token = received->token,
                          .retry_after_ms = 250,
                          .message_id = str(received->id),
                          .text = str(status == HF_E_DENIED ? "you are not on the list" : "")};
  bench->channel->receipt(bench->instance.self, &receipt);
}

int32_t reply_as(bench_t *bench, const char *chat, hf_str_t text, hf_op_t op) {
  hf_send_t part = {.head = {.size = sizeof part, .op = op, .chat = str(chat)},
                    .key = str("7d444840-9dc0-11d1-b245-5ffdce74fad2"),
                    .chat = str(chat),
                    .reply_to = str("m1"),
                    .text = text,
                    .part = 1,
                    .part_count = 2};
  return bench->channel->send(bench->instance.self, &part);
}

int32_t reply(bench_t *bench, const char *chat, hf_str_t text) {
  return reply_as(bench, chat, text, 1);
}

void answer_receive(bench_t *bench, int32_t status) {
  pthread_mutex_lock(&bench->host.lock);
  bench->host.receive_status = status;
  pthread_mutex_unlock(&bench->host.lock);
}

char *filled(const char *begin, const char *pattern, size_t times, const char *end) {
  size_t length = strlen(pattern), at = strlen(begin);
  char *line = malloc(at + length * times + strlen(end) + 1);
  if (!line) abort();
  memcpy(line, begin, at);
  for (size_t i = 0; i < times; i++, at += length) memcpy(line + at, pattern, length);
  strcpy(line + at, end);
  return line;
}

int32_t reply_until_nobody(bench_t *bench, const char *chat) {
  int32_t status = HF_OK;
  for (int i = 0; i < 10000 && status == HF_OK; i++) {
    status = reply(bench, chat, str("are you there?"));
    poll(NULL, 0, 1);
  }
  return status;
}
