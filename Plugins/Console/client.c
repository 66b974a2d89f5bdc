#include "client.h"

#include <errno.h>
#include <sys/socket.h>

static void count_written(client_t *client, size_t sent) {
  if (client->unwritten == 0) return;
  client->unwritten -= sent < client->unwritten ? sent : client->unwritten;
  client->is_written = client->unwritten == 0;
}

void client_flush(client_t *client) {
  buffer_t *out = &client->out;
  while (out->end > out->start) {
    ssize_t sent = send(client->fd, out->bytes + out->start, out->end - out->start,
                        MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno != EAGAIN && errno != EINTR) client->ending = 1;
      return;
    }
    buffer_consume(out, (size_t)sent);
    count_written(client, (size_t)sent);
  }
}

int client_tell(client_t *client, const hf_str_t *fields, int count) {
  if (client->fd < 0 || client->ending) return 0;
  if (line_append(&client->out, fields, count)) client_flush(client);
  else client->ending = 1; /* too slow */
  return !client->ending;
}

size_t client_unwritten(const client_t *client) { return client->out.end - client->out.start; }

void client_owe(client_t *client, uint64_t number, size_t unwritten) {
  client->owed = number;
  client->unwritten = unwritten;
  client->is_written = 0;
}
