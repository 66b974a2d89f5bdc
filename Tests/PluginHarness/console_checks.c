#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "console_bench.h"

static void messages_and_replies(bench_t *bench) {
  client_t ann = greeted(bench, "kitchen"), bob = greeted(bench, "garden"),
           eve = greeted(bench, "kitchen");
  bench->host.health = 0;
  client_t late = greeted(bench, "attic");
  say(&late, "say\tm0\thi\n");
  check(next_received(&bench->host) && bench->host.health == HF_HEALTH_CONNECTED,
        "whoever comes is told to the host, which may have replies for them");
  leave(&late);
  say(&ann, "say\tm1\ta\\tb\\nc\\\\d\n");
  const received_t *received = next_received(&bench->host);
  check(received && !strcmp(received->text, "a\tb\nc\\d") && !strcmp(received->id, "m1") &&
            !strcmp(received->chat, "kitchen") && !strcmp(received->user, "ann"),
        "a message reaches the host with chat, user, id and its text unescaped");
  if (received) give_receipt(bench, received, HF_OK);
  check(hears(&ann, "ok\tm1"), "a receipt reaches the client that spoke");

  check(reply(bench, "kitchen", str("x\ty\n\\z")) == HF_OK, "a reply is taken");
  const char *expected = "reply\tm1\t1\t2\t0\tx\\ty\\n\\\\z";
  check(hears(&ann, expected) && hears(&eve, expected), "both clients of a chat get its reply");

  say(&bob, "say\tm2\thi\n");
  received = next_received(&bench->host);
  if (received) give_receipt(bench, received, HF_E_DUPLICATE);
  check(hears(&bob, "duplicate\tm2"), "a duplicate is named, and no other chat's reply came first");
  if (received) give_receipt(bench, received, HF_E_BUSY);
  check(hears(&bob, "busy\tm2\t250"), "a busy receipt says when to try again");
  if (received) give_receipt(bench, received, HF_E_DENIED);
  check(hears(&bob, "refused\tm2\tyou are not on the list"), "a refusal carries its reason");

  answer_receive(bench, HF_E_BUSY);
  say(&bob, "say\tm3\thi\n");
  check(hears_beginning(&bob, "busy\tm3\t"), "a host that is busy at once is passed on");
  answer_receive(bench, HF_OK);

  shutdown(bob.fd, SHUT_WR);
  check(reply(bench, "garden", str("bye")) == HF_OK && hears_beginning(&bob, "reply\tm1\t"),
        "a client that has ended its side still gets replies");
  leave(&ann), leave(&bob), leave(&eve);
}

static void bad_lines(bench_t *bench) {
  static const char *const lines[] = {"say\tm1\thi\n", "hello\tonly\n", "hello\t\tann\n",
                                      "hello\ta\tb\tc\n", "\n", "\\x\n", "GET / HTTP/1.1\r\n"};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    client_t client = connect_to(bench->path);
    say(&client, lines[i]);
    check(hears_beginning(&client, "bye\t") && hears(&client, "EOF"),
          "a client that begins with nonsense no. %zu is told and let go", i + 1);
    leave(&client);
  }
  client_t client = greeted(bench, "a");
  say(&client, "say\tm1\tbad \\x escape\n");
  check(hears_beginning(&client, "refused\tm1\t"), "a bad escape refuses its message only");
  say(&client, "say\tm2\tnot \xff utf-8\nsay\tm3\tfine\n");
  check(hears_beginning(&client, "refused\tm2\t"), "a text that is not UTF-8 is refused");
  const received_t *received = next_received(&bench->host);
  check(received && !strcmp(received->id, "m3"), "and the next message is taken");
  say(&client, "hello\ta\tann\n");
  check(hears_beginning(&client, "bye\t") && hears(&client, "EOF"), "hello counts once");
  leave(&client);
}

static void long_lines(bench_t *bench) {
  client_t client = greeted(bench, "a");
  char *line = filled("say\tbig\t", "\\t", MEBIBYTE, "\n");
  say(&client, line);
  free(line);
  const received_t *received = next_received(&bench->host);
  check(received && !strcmp(received->id, "big") && received->length == MEBIBYTE,
        "a message of 1 MiB passes with every byte escaped");

  line = filled("say\tbigger\t", "x", MEBIBYTE + 1, "\n");
  say(&client, line);
  free(line);
  check(hears_beginning(&client, "refused\tbigger\t"), "one byte more is refused");

  line = filled("say\thuge\t", "0123456789abcdef", MEBIBYTE, "\nsay\tnext\thi\n");
  say(&client, line);
  free(line);
  check(hears(&client, "refused\thuge\tthe line is too long"), "a line of 16 MiB is refused");
  received = next_received(&bench->host);
  check(received && !strcmp(received->id, "next"), "and the line after it is understood");

  const char *slowly = "say\tslow\tone byte at a time\n";
  for (const char *byte = slowly; *byte; byte++) put(&client, byte, 1);
  received = next_received(&bench->host);
  check(received && !strcmp(received->text, "one byte at a time"), "a line may come in pieces");

  char *text = filled("", "\n", MEBIBYTE, "");
  check(reply(bench, "a", str(text)) == HF_PENDING && hears_beginning(&client, "reply\t") &&
            client.length > 2 * MEBIBYTE,
        "a reply of 1 MiB arrives with every byte escaped");
  free(text);
  leave(&client);
}

static void clients_that_leave(bench_t *bench) {
  check(reply(bench, "nobody", str("hi")) == HF_E_BUSY && bench->host.explained[0],
        "a reply that nobody is there for stays with the host");

  client_t client = greeted(bench, "a");
  say(&client, "say\tm1\thi\nsay\thalf a li");
  const received_t *received = next_received(&bench->host);
  leave(&client);
  check(reply_until_nobody(bench, "a") == HF_E_BUSY, "a client that left in mid-line is let go");
  client_t other = greeted(bench, "b");
  if (received) give_receipt(bench, received, HF_OK);
  reply(bench, "b", str("first"));
  check(hears_beginning(&other, "reply\t"), "a receipt for it reaches nobody else");

  client_t slow = greeted(bench, "slow");
  char *text = filled("", "x", MEBIBYTE, "");
  int taken = 0;
  while (taken < 100 && reply(bench, "slow", str(text)) != HF_E_BUSY) taken++;
  free(text);
  check(taken > 0 && taken < 100, "a client that does not read is cut off, after %d MiB", taken);
  check(reply(bench, "b", str("second")) == HF_OK && hears_beginning(&other, "reply\t"),
        "and the others notice nothing");
  leave(&slow), leave(&other);
}

static void many_clients(bench_t *bench) {
  client_t clients[64];
  int ready = 0;
  reply_until_nobody(bench, "b");
  reply_until_nobody(bench, "slow");
  for (int i = 0; i < 64; i++) {
    clients[i] = connect_to(bench->path);
    say(&clients[i], "hello\tcrowd\tann\n");
    ready += hears_beginning(&clients[i], "ready\t");
  }
  check(ready == 64, "64 clients are served");
  client_t last = connect_to(bench->path);
  check(hears(&last, "bye\ttoo many clients") && hears(&last, "EOF"), "one more is turned away");
  leave(&last);
  check(reply(bench, "crowd", str("hi")) == HF_OK, "all of them are sent to");
  int heard = 0;
  for (int i = 0; i < 64; i++) {
    heard += hears_beginning(&clients[i], "reply\t");
    leave(&clients[i]);
  }
  check(heard == 64, "and all of them hear it");
  check(reply_until_nobody(bench, "crowd") == HF_E_BUSY, "all of them are let go");
}

/* Lines and halves of lines in any order, bytes that no line has among them. */
static void random_bytes(bench_t *bench) {
  static const char *const pieces[] = {"hello", "say", "\t",   "\n",    "\\", "\\n", "a", "\r",
                                       "\t\t",  "\xff", "hi\t", "\nsay\t", "\x01"};
  unsigned seed = 20251203;
  answer_receive(bench, HF_E_BUSY);
  for (int i = 0; i < 500; i++) {
    client_t client = connect_to(bench->path);
    if (i % 2) say(&client, "hello\tr\tann\n");
    for (int k = 0; k < 200; k++) {
      seed = seed * 1664525 + 1013904223;
      say(&client, pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]);
    }
    put(&client, "\0\n", 2);
    leave(&client);
  }
  answer_receive(bench, HF_OK);
  check(reply_until_nobody(bench, "r") == HF_E_BUSY, "500 clients of nonsense come and go");
  client_t client = greeted(bench, "after");
  check(reply(bench, "after", str("hi")) == HF_OK && hears_beginning(&client, "reply\t"),
        "and the next one is served");
  leave(&client);
}

static settings_t settings_of(const bench_t *bench, const char *socket) {
  return (settings_t){"console", bench->folder, socket ? "socket" : NULL, socket, HF_CHANNEL_ID};
}

static void sockets_in_the_way(bench_t *bench) {
  struct stat file;
  check(stat(bench->path, &file) == 0 && (file.st_mode & 0777) == 0600, "the socket has mode 0600");

  instance_t second = open_instance(bench->plugin, &bench->host, settings_of(bench, NULL));
  const hf_channel_t *channel = second.extension;
  hf_head_t head = {.size = sizeof head};
  check(channel->start(second.self, &head) == HF_E_FAILED &&
            strstr(bench->host.explained, "another program serves"),
        "a socket that somebody serves is left alone: %s", bench->host.explained);
  close_instance(&second);
  check(stat(bench->path, &file) == 0, "and still there afterwards");

  char path[512];
  snprintf(path, sizeof path, "%s/stale", bench->folder);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s/stale", bench->folder);
  int stale = socket(AF_UNIX, SOCK_STREAM, 0);
  check(bind(stale, (struct sockaddr *)&address, sizeof address) == 0, "a socket can be left over");
  close(stale);
  second = open_instance(bench->plugin, &bench->host, settings_of(bench, "stale"));
  check(channel->start(second.self, &head) == HF_OK, "a socket that nobody serves is replaced");
  close_instance(&second);
  check(stat(path, &file) < 0, "destroy alone removes it too");

  snprintf(path, sizeof path, "%s/file", bench->folder);
  FILE *plain = fopen(path, "w");
  if (plain) fclose(plain);
  second = open_instance(bench->plugin, &bench->host, settings_of(bench, path));
  check(channel->start(second.self, &head) == HF_E_FAILED && stat(path, &file) == 0,
        "a file that is no socket is left alone: %s", bench->host.explained);
  close_instance(&second);

  char *longer = filled("/", "x", 200, "");
  second = open_instance(bench->plugin, &bench->host, settings_of(bench, longer));
  check(channel->start(second.self, &head) == HF_E_FAILED && strstr(bench->host.explained, "107"),
        "a path that is too long is explained");
  close_instance(&second);
  free(longer);
}

static void *talk(void *argument) {
  client_t *client = argument;
  for (int i = 0; i < 5000; i++) say(client, "say\tm\tas fast as it goes\n");
  return NULL;
}

static void stopping_in_traffic(bench_t *bench) {
  hf_head_t head = {.size = sizeof head};
  client_t clients[4];
  pthread_t threads[4];
  int good = 1;
  answer_receive(bench, HF_E_STOPPING);
  for (int i = 0; i < 4; i++) {
    clients[i] = greeted(bench, "busy");
    good &= pthread_create(&threads[i], NULL, talk, &clients[i]) == 0;
  }
  for (int i = 0; i < 4; i++) good &= hears_beginning(&clients[i], "refused\tm\t");
  good &= bench->channel->stop(bench->instance.self, &head) == HF_OK;
  for (int i = 0; i < 4; i++) {
    pthread_join(threads[i], NULL);
    leave(&clients[i]);
  }
  answer_receive(bench, HF_OK);
  check(good && bench->channel->start(bench->instance.self, &head) == HF_OK,
        "it stops while clients talk, and starts again");
}

static void stopping(bench_t *bench) {
  hf_head_t head = {.size = sizeof head};
  client_t client = greeted(bench, "a");
  check(bench->channel->stop(bench->instance.self, &head) == HF_OK, "stop succeeds");
  check(hears(&client, "bye\tthe host is stopping") && hears(&client, "EOF"), "clients are told");
  check(access(bench->path, F_OK) < 0, "the socket is gone");
  check(reply(bench, "a", str("hi")) == HF_E_BUSY, "replies stay with the host from then on");
  check(bench->channel->stop(bench->instance.self, &head) == HF_OK, "a second stop does no harm");
  leave(&client);

  check(bench->channel->start(bench->instance.self, &head) == HF_OK, "it can be started again");
  client = greeted(bench, "a");
  close_instance(&bench->instance);
  check(hears_beginning(&client, "bye\t"), "destroy alone tells the clients too");
  leave(&client);
}

void check_console(const char *folder, const char *plugins) {
  static bench_t bench;
  char path[512];
  test_host_start(&bench.host);
  snprintf(path, sizeof path, "%s/console.so", plugins);
  bench.folder = folder;
  snprintf(bench.path, sizeof bench.path, "%s/console.sock", folder);
  bench.plugin = load(path, &bench.host);
  bench.instance = open_instance(bench.plugin, &bench.host, settings_of(&bench, NULL));
  bench.channel = bench.instance.extension;
  check(bench.channel && !bench.plugin->query(bench.instance.self, str(HF_MEMORY_ID)),
        "it is a channel and nothing else");
  hf_head_t head = {.size = sizeof head};
  check(bench.channel->start(bench.instance.self, &head) == HF_OK, "it starts");
  check(bench.host.health == HF_HEALTH_CONNECTED, "it reports that it is connected");

  messages_and_replies(&bench);
  check_console_delivery(&bench);
  bad_lines(&bench);
  long_lines(&bench);
  clients_that_leave(&bench);
  many_clients(&bench);
  random_bytes(&bench);
  sockets_in_the_way(&bench);
  stopping_in_traffic(&bench);
  stopping(&bench);
}
