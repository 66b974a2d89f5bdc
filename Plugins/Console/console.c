/* The console: a channel that holds conversations over a Unix socket. Copy this file to begin a
 * channel of your own; server.c, which talks to the other side, is what yours has instead.
 *
 * A client sends lines, and so does the server; a TAB stands between fields (see line.h).
 *
 *   hello chat user [acks]   first, once; clients of the same chat all get its replies
 *   say id text              id: unique for the console, it tells a repeated message
 *   got number               the reply with that number was shown; only with acks
 *
 *   ready version            to hello
 *   ok id                    the message is in the journal
 *   duplicate id             it was before
 *   busy id ms               not taken; again after ms
 *   refused id reason        not taken, and never will be
 *   reply id part parts notice text [number]   id: of the message it answers; notice: 1 if the
 *                            host speaks; number: with acks, to be acknowledged. A client that ends
 *                            before leaves the reply to the next one; without acks a reply counts
 *                            as delivered once all of it is written to the socket
 *   bye reason               the last line
 */
#include <holdfast/holdfast.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"

HF_PLUGIN_NOTE(
    "{\"id\":\"console\",\"version\":\"0.1.0\",\"abi\":\"1.0\",\"kinds\":[\"channel\"],"
    "\"events\":[],\"concurrency\":\"instance\",\"license\":\"Apache-2.0\",\"language\":\"C\","
    "\"summary\":\"Conversations over a Unix socket\",\"provides\":[\"" HF_CHANNEL_ID "\"],"
    "\"config\":{\"socket\":{\"type\":\"string\",\"help\":\"Path of the socket, absolute or in the"
    " runtime folder; console.sock unless set\"}}}");

enum { RETRY_MS = 100 };

/* One instance. All that a plugin keeps lies in such a struct, so that a host can run several. */
typedef struct console {
  const hf_host_t *host;
  const hf_host_channel_t *channel; /* what the host does for channels */
  char account[128];                /* the instance's name: what message ids are unique in */
  char path[4096];
  server_t *server; /* null while stopped */
} console_t;

/* A failure without words helps nobody: explain first, then return the code. */
static int32_t fail(const hf_host_t *host, int32_t status, const char *why) {
  host->explain(host->ctx, (hf_str_t){why, strlen(why)});
  return status;
}

static void tell(server_t *server, client_id_t to, hf_str_t verb, hf_str_t id, hf_str_t more) {
  server_tell(server, to, (hf_str_t[]){verb, id, more}, more.ptr ? 3 : 2);
}

static void tell_busy(server_t *server, client_id_t to, hf_str_t id, uint64_t after_ms) {
  char number[24];
  int length = snprintf(number, sizeof number, "%llu", (unsigned long long)after_ms);
  tell(server, to, HF_STR("busy"), id, (hf_str_t){number, (uint64_t)length});
}

static void tell_refused(server_t *server, client_id_t to, hf_str_t id, int32_t status) {
  hf_str_t why = status == HF_E_TOO_LARGE   ? HF_STR("the text is longer than 1 MiB")
                 : status == HF_E_MALFORMED ? HF_STR("the text is not UTF-8")
                 : status == HF_E_DENIED    ? HF_STR("not allowed")
                 : status == HF_E_STOPPING  ? HF_STR("the host is stopping")
                                            : HF_STR("the host did not take it");
  tell(server, to, HF_STR("refused"), id, why);
}

/* From a person to the agent: on the server's thread. receive may be called from any. */
static void on_said(void *context, server_t *server, const said_t *said) {
  console_t *console = context;
  hf_str_t account = {console->account, strlen(console->account)};
  switch (said->what) {
    case SAID_GOT:
      console->host->complete(console->host->ctx, said->number, HF_OK, HF_STR(""));
      return;
    case SAID_NOTHING:
      console->host->complete(console->host->ctx, said->number, HF_E_BUSY,
                              HF_STR("the client ended before it had shown the reply"));
      return;
    case SAID_HELLO: /* replies that nobody was there for are offered again to a healthy channel */
      console->channel->health(console->host->ctx, account, HF_HEALTH_CONNECTED, HF_STR(""));
      return;
    case SAID_TEXT: break;
  }
  hf_inbound_t message = {
      .size = sizeof message,
      .chat_kind = HF_CHAT_DM,
      .token = said->client, /* comes back in the receipt, and so finds the client again */
      .account = account,
      .message_id = said->id,
      .chat = said->chat,
      .user = said->user,
      .user_name = said->user,
      .text = said->text,
      .mentioned = 1,
  };
  int32_t status = console->channel->receive(console->host->ctx, &message);
  if (status == HF_OK) return; /* a receipt follows */
  if (status == HF_E_BUSY) tell_busy(server, said->client, said->id, RETRY_MS);
  else tell_refused(server, said->client, said->id, status);
}

/* The host's answer to receive. The client may have left by now; then nobody is told. */
static void on_receipt(void *self, const hf_receipt_t *receipt) {
  console_t *console = self;
  server_t *server = console->server;
  hf_str_t id = receipt->message_id, nothing = {NULL, 0};
  if (!server) return;
  if (receipt->status == HF_OK) {
    tell(server, receipt->token, HF_STR("ok"), id, nothing);
  } else if (receipt->status == HF_E_DUPLICATE) {
    tell(server, receipt->token, HF_STR("duplicate"), id, nothing);
  } else if (receipt->status == HF_E_BUSY) {
    tell_busy(server, receipt->token, id, receipt->retry_after_ms);
  } else if (receipt->text.len) {
    tell(server, receipt->token, HF_STR("refused"), id, receipt->text);
  } else {
    tell_refused(server, receipt->token, id, receipt->status);
  }
}

/* From the agent to people. A chat that nobody looks at is no failure of the reply: "busy" leaves
 * it in the host's outbox, which offers it again, so that a client that comes back still gets it. A
 * plugin that kept it would lose it when the host ends. */
static int32_t on_send(void *self, const hf_send_t *part) {
  console_t *console = self;
  char number[24], count[24];
  int number_length = snprintf(number, sizeof number, "%u", part->part);
  int count_length = snprintf(count, sizeof count, "%u", part->part_count);
  hf_str_t fields[] = {HF_STR("reply"),
                       part->reply_to,
                       {number, (uint64_t)number_length},
                       {count, (uint64_t)count_length},
                       part->notice ? HF_STR("1") : HF_STR("0"),
                       part->text};
  told_t told = {0, 0};
  if (console->server)
    told = server_tell_chat(console->server, part->chat, fields, TOLD_FIELDS, part->head.op);
  if (told.plainly > 0 && told.awaited == 0) return HF_OK;
  if (told.awaited > 0) return HF_PENDING; /* see on_said */
  return fail(console->host, HF_E_BUSY, "no client of this chat is connected");
}

static int32_t on_start(void *self, const hf_head_t *head) {
  console_t *console = self;
  char reason[4352];
  hf_str_t account = {console->account, strlen(console->account)};
  (void)head;
  if (console->server) return HF_OK;
  console->server = server_open(console->path, on_said, console, reason, sizeof reason);
  if (!console->server) return fail(console->host, HF_E_FAILED, reason);
  console->channel->health(console->host->ctx, account, HF_HEALTH_CONNECTED, HF_STR(""));
  return HF_OK;
}

static int32_t on_stop(void *self, const hf_head_t *head) {
  console_t *console = self;
  hf_str_t account = {console->account, strlen(console->account)};
  (void)head;
  if (!console->server) return HF_OK;
  server_close(console->server, "the host is stopping");
  console->server = NULL;
  console->channel->health(console->host->ctx, account, HF_HEALTH_STOPPED, HF_STR(""));
  return HF_OK;
}

/* The settings are gone when create returns, so what is needed of them is copied. */
static int copy_settings(console_t *console, const hf_config_t *config) {
  hf_str_t name = HF_STR("console.sock"), folder = config->runtime_dir;
  for (uint64_t i = 0; i < config->pair_count; i++) {
    const hf_pair_t *pair = &config->pairs[i];
    if (pair->key.len == 6 && memcmp(pair->key.ptr, "socket", 6) == 0) name = pair->value;
  }
  if (name.len > 0 && name.ptr[0] == '/') folder.len = 0;
  if (config->instance.len >= sizeof console->account) return 0;
  memcpy(console->account, config->instance.ptr, config->instance.len);
  int length = snprintf(console->path, sizeof console->path, "%.*s%s%.*s", (int)folder.len,
                        folder.ptr ? folder.ptr : "", folder.len ? "/" : "", (int)name.len,
                        name.ptr ? name.ptr : "");
  return name.len > 0 && length < (int)sizeof console->path;
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  console_t *console = calloc(1, sizeof *console);
  if (!console) return fail(host, HF_E_FAILED, "out of memory");
  console->host = host;
  console->channel = host->service(host->ctx, HF_STR(HF_HOST_CHANNEL_ID));
  if (!console->channel || !copy_settings(console, config)) {
    const char *why = console->channel ? "the setting `socket` or the name is empty or too long"
                                       : "the host has no service for channels";
    free(console);
    return fail(host, HF_E_REFUSED, why);
  }
  *self = console;
  return HF_OK;
}

static void destroy(void *self) {
  on_stop(self, NULL);
  free(self);
}

static const void *query(void *self, hf_str_t id) {
  static const hf_channel_t channel = {
      .size = sizeof channel,
      .unit = HF_UNIT_BYTES,
      .start = on_start,
      .stop = on_stop,
      .send = on_send,
      .receipt = on_receipt,
  };
  (void)self;
  int asked = id.len == strlen(HF_CHANNEL_ID) && memcmp(id.ptr, HF_CHANNEL_ID, id.len) == 0;
  return asked ? &channel : NULL;
}

const hf_plugin_t *hf_plugin_main(const hf_host_t *host) {
  static const hf_plugin_t plugin = {
      HF_PLUGIN_HEAD,
      .create = create,
      .destroy = destroy,
      .query = query,
  };
  (void)host;
  return &plugin;
}
