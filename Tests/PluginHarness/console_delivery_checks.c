#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "console_bench.h"

static void acknowledgements(bench_t *bench) {
  client_t ann = greeted_with(bench, "den", "\tacks"), bob = greeted_with(bench, "den", "\tacks");
  int before = bench->host.completions;
  check(reply_as(bench, "den", str("hi"), 77) == HF_PENDING &&
            hears(&ann, "reply\tm1\t1\t2\t0\thi\t77") &&
            hears(&bob, "reply\tm1\t1\t2\t0\thi\t77"),
        "a reply to clients that acknowledge waits for them");
  say(&ann, "got\t76\ngot\tx\ngot\t\ngot\t77\n");
  check(completion(&bench->host, 77) == HF_OK, "it is delivered once one has shown it");
  say(&bob, "got\t77\n");
  check(reply_as(bench, "den", str("hi"), 78) == HF_PENDING, "the next one waits again");
  leave(&ann);
  say(&bob, "got\t78\n");
  check(completion(&bench->host, 78) == HF_OK && bench->host.completions == before + 2,
        "each is answered once, also if the other client ends");
  check(reply_as(bench, "den", str("hi"), 79) == HF_PENDING, "a reply to the one that is left");
  leave(&bob);
  check(completion(&bench->host, 79) == HF_E_BUSY, "what nobody has shown goes back to the host");

  client_t eve = greeted(bench, "loft");
  ann = greeted_with(bench, "loft", "\tacks");
  check(reply_as(bench, "loft", str("hi"), 80) == HF_PENDING &&
            hears(&eve, "reply\tm1\t1\t2\t0\thi"),
        "clients of both kinds get the same reply, each in its form");
  say(&ann, "got\t80\n");
  check(completion(&bench->host, 80) == HF_OK, "and the one that acknowledges decides");
  leave(&eve);
  check(reply_as(bench, "loft", str("hi"), 81) == HF_PENDING, "a reply before the end of a client");
  shutdown(ann.fd, SHUT_WR);
  check(completion(&bench->host, 81) == HF_E_BUSY, "who says no more acknowledges no more");
  check(reply_as(bench, "loft", str("hi"), 82) == HF_OK, "and is told like one that never did");
  leave(&ann);

  hf_head_t head = {.size = sizeof head};
  ann = greeted_with(bench, "loft", "\tacks");
  check(reply_as(bench, "loft", str("hi"), 83) == HF_PENDING, "a reply before a stop");
  say(&ann, "got\t83\n");
  check(bench->channel->stop(bench->instance.self, &head) == HF_OK &&
            completion(&bench->host, 83) == HF_OK,
        "what was acknowledged before a stop counts");
  leave(&ann);
  check(bench->channel->start(bench->instance.self, &head) == HF_OK, "it starts again");
}

/* Replies that are larger than what a socket holds, to clients that do not acknowledge. */

static int hears_all(client_t *client, const char *text) {
  return hears_beginning(client, "reply\tm1\t") && client->length > strlen(text);
}

static void slow_readers(bench_t *bench, const char *text) {
  client_t ann = greeted(bench, "barn");
  int before = bench->host.completions;
  check(reply_as(bench, "barn", str(text), 90) == HF_PENDING,
        "a reply of which the socket took a part is awaited");
  check(hears_all(&ann, text) && completion(&bench->host, 90) == HF_OK,
        "and delivered once all of it is written");

  shutdown(ann.fd, SHUT_WR);
  check(reply_as(bench, "barn", str(text), 91) == HF_PENDING && hears_all(&ann, text) &&
            completion(&bench->host, 91) == HF_OK,
        "also to a client that has ended its side");
  leave(&ann);
  ann = greeted(bench, "barn");
  check(reply_as(bench, "barn", str(text), 92) == HF_PENDING, "a reply to one that is about to");
  shutdown(ann.fd, SHUT_WR);
  client_t bob = greeted(bench, "byre"); /* the end was seen before */
  check(hears_all(&ann, text) && completion(&bench->host, 92) == HF_OK &&
            bench->host.completions == before + 3,
        "its end gives nothing back to the host");

  check(reply_as(bench, "barn", str(text), 93) == HF_PENDING, "a reply that it does not read");
  leave(&ann);
  check(completion(&bench->host, 93) == HF_E_BUSY, "goes back to the host when it leaves");
  ann = greeted(bench, "barn");
  check(reply_as(bench, "barn", str(text), 94) == HF_PENDING && hears_all(&ann, text) &&
            completion(&bench->host, 94) == HF_OK,
        "and from there to the next client");
  leave(&ann), leave(&bob);
}

/* Fills what is queued for the client with the answer to a message. */
static void answer_at_length(bench_t *bench, client_t *client, const char *text) {
  say(client, "say\tm9\thi\n");
  const received_t *received = next_received(&bench->host);
  hf_receipt_t receipt = {.size = sizeof receipt,
                          .status = HF_E_DENIED,
                          .token = received ? received->token : 0,
                          .message_id = str("m9"),
                          .text = str(text)};
  bench->channel->receipt(bench->instance.self, &receipt);
}

static void lines_around(bench_t *bench, const char *text) {
  client_t ann = greeted(bench, "mill");
  check(reply_as(bench, "mill", str(text), 95) == HF_PENDING, "a reply before other lines");
  answer_at_length(bench, &ann, text);
  check(hears_all(&ann, text) && completion(&bench->host, 95) == HF_OK,
        "waits for none of those behind it");
  check(hears_beginning(&ann, "refused\tm9\t"), "which follow");
  answer_at_length(bench, &ann, text);
  check(reply_as(bench, "mill", str("hi"), 96) == HF_PENDING &&
            hears_beginning(&ann, "refused\tm9\t") && completion(&bench->host, 96) == HF_OK &&
            hears(&ann, "reply\tm1\t1\t2\t0\thi"),
        "a short one waits for those before it");
  leave(&ann);
}

static void slow_readers_together(bench_t *bench, const char *text) {
  client_t ann = greeted(bench, "pier"), bob = greeted(bench, "pier");
  int before = bench->host.completions;
  check(reply_as(bench, "pier", str(text), 100) == HF_PENDING, "a reply to two clients");
  leave(&ann);
  check(hears_all(&bob, text) && completion(&bench->host, 100) == HF_OK,
        "is delivered when one of them has it");
  ann = greeted(bench, "pier");
  check(reply_as(bench, "pier", str(text), 101) == HF_PENDING, "another one to two");
  leave(&ann), leave(&bob);
  check(completion(&bench->host, 101) == HF_E_BUSY && bench->host.completions == before + 2,
        "goes back once both are gone");

  ann = greeted(bench, "pier"), bob = greeted(bench, "pier");
  answer_at_length(bench, &ann, text);
  check(reply_as(bench, "pier", str("hi"), 102) == HF_OK, "who has it at once decides");
  client_t eve = greeted_with(bench, "pier", "\tacks");
  check(reply_as(bench, "pier", str("ho"), 103) == HF_PENDING &&
            hears_beginning(&ann, "refused\tm9\t") && hears_beginning(&ann, "reply\t") &&
            hears(&ann, "reply\tm1\t1\t2\t0\tho"),
        "who acknowledges is waited for alone");
  leave(&ann), leave(&bob);
  ann = greeted(bench, "elsewhere");
  check(bench->host.completions == before + 2, "whatever becomes of the others");
  say(&eve, "got\t103\n");
  check(completion(&bench->host, 103) == HF_OK && bench->host.completions == before + 3,
        "and is heard once");
  leave(&ann), leave(&eve);
}

static void slow_readers_at_a_stop(bench_t *bench, const char *text) {
  hf_head_t head = {.size = sizeof head};
  client_t ann = greeted(bench, "quay");
  check(reply_as(bench, "quay", str(text), 110) == HF_PENDING, "a reply, half written");
  check(bench->channel->stop(bench->instance.self, &head) == HF_OK &&
            completion(&bench->host, 110) == HF_E_BUSY,
        "goes back to the host");
  leave(&ann);
  check(bench->channel->start(bench->instance.self, &head) == HF_OK, "which starts it again");
}

void check_console_delivery(bench_t *bench) {
  char *text = filled("", "x", MEBIBYTE, "");
  acknowledgements(bench);
  slow_readers(bench, text);
  lines_around(bench, text);
  slow_readers_together(bench, text);
  slow_readers_at_a_stop(bench, text);
  free(text);
}
