/* One client of the server: what is queued for it, and what it owes. */
#ifndef CONSOLE_CLIENT_H
#define CONSOLE_CLIENT_H

#include <stdatomic.h>
#include <stdint.h>

#include "line.h"

enum { NAME_LIMIT = 256 };

typedef struct client {
  int fd;     /* -1: the place is free */
  atomic_int ending; /* what is queued may still go out at once, then the client is closed */
  int finished;   /* it will say no more, but may still listen */
  int discarding; /* the rest of a line that was too long */
  int acknowledges;
  uint64_t owed; /* number of the line that it has not shown yet; chats have one at a time */
  size_t unwritten; /* bytes of `out` up to the end of that line; 0: it says itself what it shows */
  int is_written;   /* there were some, and now there are none */
  uint32_t generation;
  size_t scanned; /* bytes of `in` known to hold no newline */
  char chat[NAME_LIMIT + 1], user[NAME_LIMIT + 1]; /* empty until the client said hello */
  buffer_t in, out;
} client_t;

/* Queues a line and writes what the socket takes: what a caller was told is out would otherwise be
 * lost with the process. 0 if the client is gone, or goes since it is too slow. */
int client_tell(client_t *client, const hf_str_t *fields, int count);

/* Writes what the socket takes. */
void client_flush(client_t *client);

/* Bytes that are queued. */
size_t client_unwritten(const client_t *client);

/* The client has yet to show the line of that number, and has when so many bytes are written or,
 * with 0, when it says so. Number 0: it owes nothing. */
void client_owe(client_t *client, uint64_t number, size_t unwritten);

#endif
