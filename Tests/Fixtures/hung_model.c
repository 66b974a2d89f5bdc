/* A model that answers with what it was told, but for a message that says `spin`, in which it goes
 * round for ever, and one that says `sleep`, in which it sleeps for an hour. */
#include <poll.h>
#include <signal.h>

#include "fixture.h"

FIXTURE_NOTE("hung-model", "\"model\"", "", "session");

static volatile sig_atomic_t rounds;

static int32_t respond(void *self, const hf_model_request_t *request) {
  const fixture_t *fixture = self;
  hf_str_t said = request->messages[request->message_count - 1].text;
  if (fixture_is(said, "spin")) {
    for (;;) rounds++;
  }
  if (fixture_is(said, "sleep")) poll(0, 0, 3600 * 1000);
  const hf_host_model_t *model =
      fixture->host->service(fixture->host->ctx, HF_STR(HF_HOST_MODEL_ID));
  return model->text(fixture->host->ctx, request->head.op, said);
}

static const hf_model_t extension = {.size = sizeof extension, .respond = respond};

FIXTURE_QUERY(HF_MODEL_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
    .query = query,
    .concurrency = HF_CONCURRENCY_SESSION,
};

FIXTURE_ENTRY
