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

void check_console_delivery(bench_t *bench) {
  acknowledgements(bench);
}
