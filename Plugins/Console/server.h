/* A server of text lines on a Unix socket: what the console needs of the operating system. */
#ifndef CONSOLE_SERVER_H
#define CONSOLE_SERVER_H

#include <holdfast/base.h>
#include <stddef.h>

/* Names a client for as long as it is connected, and nobody afterwards. */
typedef uint64_t client_id_t;

/* What became of a client: it came, it said something, it has shown the line with a number (or all
 * of it is written, if it does not acknowledge), or everybody who was told that line is gone and
 * nobody had shown it. */
typedef enum saying { SAID_HELLO, SAID_TEXT, SAID_GOT, SAID_NOTHING } saying_t;

/* Borrowed: valid until the handler returns. */
typedef struct said {
  saying_t what;
  client_id_t client;
  uint64_t number; /* of SAID_GOT and SAID_NOTHING */
  hf_str_t chat, user, id, text;
} said_t;

typedef struct server server_t;

/* Called on the server's thread, maybe before server_open has returned. */
typedef void (*said_fn)(void *context, server_t *server, const said_t *said);

/* Listens on path and begins to serve, on a thread of its own that also calls the handler.
 * Null on failure, with the reason for people in reason. */
server_t *server_open(const char *path, said_fn handler, void *context, char *reason, size_t size);

/* Tells every client why, ends the thread, removes the socket and frees the server. After this the
 * handler is not called any more. */
void server_close(server_t *server, const char *why);

/* Queues one line for one client; fields are escaped. Never waits; any thread. 0 if it is gone. */
int server_tell(server_t *server, client_id_t client, const hf_str_t *fields, int count);

/* The same for every client of a chat, of up to TOLD_FIELDS fields. Clients that acknowledge get
 * `number` behind the fields; the handler hears once whether one of them has shown the line. It
 * hears it also of others, of whom nobody's socket has taken all of the line at once. */
typedef struct told {
  int plainly;  /* so many have all of it, who say nothing of it */
  int awaited; /* so many have yet to show it */
} told_t;
enum { TOLD_FIELDS = 6 };
told_t server_tell_chat(server_t *server, hf_str_t chat, const hf_str_t *fields, int count,
                        uint64_t number);

#endif
