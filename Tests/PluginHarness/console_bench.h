/* The console, and clients as anybody would write them. */
#ifndef HARNESS_CONSOLE_BENCH_H
#define HARNESS_CONSOLE_BENCH_H

#include "host.h"

enum { MEBIBYTE = 1 << 20 };

typedef struct client {
  int fd;
  size_t used, capacity;
  char *bytes;
  char line[TEXT]; /* the last one, cut to what fits */
  size_t length;   /* of it, uncut */
} client_t;

typedef struct bench {
  test_host_t host;
  const hf_plugin_t *plugin;
  instance_t instance;
  const hf_channel_t *channel;
  const char *folder;
  char path[256];
} bench_t;

client_t connect_to(const char *path);
void leave(client_t *client);
void put(client_t *client, const char *bytes, size_t length);
void say(client_t *client, const char *line);

/* The next line without its end, "EOF" if the server closed, "SILENCE" after ten seconds. */
const char *hear(client_t *client);
int hears(client_t *client, const char *expected);
int hears_beginning(client_t *client, const char *expected);

/* Clients that have said hello, maybe with more fields, and heard the answer. */
client_t greeted_with(bench_t *bench, const char *chat, const char *more);
client_t greeted(bench_t *bench, const char *chat);

/* What the host does. */
void give_receipt(bench_t *bench, const received_t *received, int32_t status);
int32_t reply_as(bench_t *bench, const char *chat, hf_str_t text, hf_op_t op);
int32_t reply(bench_t *bench, const char *chat, hf_str_t text);

/* Waits until the server has noticed that nobody of the chat is left. */
int32_t reply_until_nobody(bench_t *bench, const char *chat);

/* What receive answers from now on, to messages that are in order. */
void answer_receive(bench_t *bench, int32_t status);

/* A pattern so many times, between two texts; to be freed. */
char *filled(const char *begin, const char *pattern, size_t times, const char *end);

/* Which replies count as delivered, and when. */
void check_console_delivery(bench_t *bench);

#endif
