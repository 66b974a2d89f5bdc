#include "host.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

hf_str_t str(const char *text) { return (hf_str_t){text, strlen(text)}; }

static void copy(char *to, size_t size, hf_str_t from) {
  size_t length = from.len < size - 1 ? from.len : size - 1;
  if (length > 0) memcpy(to, from.ptr, length);
  to[length] = 0;
}

static int is_utf8(hf_str_t text) {
  for (uint64_t i = 0; i < text.len;) {
    unsigned char lead = (unsigned char)text.ptr[i++];
    int more = lead < 0x80 ? 0 : lead < 0xC2 ? -1 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    if (more < 0 || lead > 0xF4 || i + (uint64_t)more > text.len) return 0;
    for (; more > 0; more--)
      if (((unsigned char)text.ptr[i++] & 0xC0) != 0x80) return 0;
  }
  return 1;
}

static int32_t on_complete(void *ctx, hf_op_t op, int32_t status, hf_str_t text) {
  test_host_t *host = ctx;
  (void)text;
  pthread_mutex_lock(&host->lock);
  host->completed = op;
  host->completed_status = status;
  host->completions++;
  pthread_cond_broadcast(&host->changed);
  pthread_mutex_unlock(&host->lock);
  return HF_OK;
}

static int32_t on_wanted(void *ctx, hf_op_t op) {
  (void)ctx, (void)op;
  return HF_OK;
}

static int32_t on_explain(void *ctx, hf_str_t text) {
  test_host_t *host = ctx;
  copy(host->explained, sizeof host->explained, text);
  return HF_OK;
}

static int32_t on_log(void *ctx, int32_t level, hf_str_t text) {
  (void)ctx, (void)level, (void)text;
  return HF_OK;
}

static uint64_t on_now(void *ctx) {
  struct timespec now;
  (void)ctx;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int32_t on_receive(void *ctx, const hf_inbound_t *message) {
  test_host_t *host = ctx;
  int32_t status = HF_OK;
  pthread_mutex_lock(&host->lock);
  if (!is_utf8(message->text) || !is_utf8(message->message_id)) status = HF_E_MALFORMED;
  else if (message->text.len > 1 << 20) status = HF_E_TOO_LARGE;
  else if (host->receive_status != HF_OK) status = host->receive_status;
  else if (host->received_count == RECEIVED) status = HF_E_BUSY;
  if (status == HF_OK) {
    received_t *received = &host->received[host->received_count++];
    received->token = message->token;
    received->length = message->text.len;
    copy(received->id, sizeof received->id, message->message_id);
    copy(received->chat, sizeof received->chat, message->chat);
    copy(received->user, sizeof received->user, message->user);
    copy(received->text, sizeof received->text, message->text);
    pthread_cond_broadcast(&host->changed);
  }
  pthread_mutex_unlock(&host->lock);
  return status;
}

static int32_t on_health(void *ctx, hf_str_t account, uint32_t health, hf_str_t reason) {
  test_host_t *host = ctx;
  (void)account, (void)reason;
  host->health = health;
  return HF_OK;
}

static int32_t on_item(void *ctx, hf_op_t op, const hf_recall_item_t *item) {
  test_host_t *host = ctx;
  (void)op;
  if (host->item_count == ITEMS) return HF_E_TOO_LARGE;
  if (!is_utf8(item->text)) return HF_E_MALFORMED;
  item_t *kept = &host->items[host->item_count++];
  kept->score = item->score;
  kept->time_ms = item->time_ms;
  kept->turn = item->turn_first;
  copy(kept->session, sizeof kept->session, item->session_id);
  copy(kept->scope, sizeof kept->scope, item->scope);
  copy(kept->text, sizeof kept->text, item->text);
  return HF_OK;
}

static int32_t on_piece(void *ctx, hf_op_t op, hf_str_t piece) {
  test_host_t *host = ctx;
  (void)op;
  if (host->piece_status != HF_OK) return host->piece_status;
  if (host->answer_length + piece.len >= sizeof host->answer) return HF_E_TOO_LARGE;
  host->pieces++;
  host->split_pieces += ((unsigned char)piece.ptr[0] & 0xC0) == 0x80;
  memcpy(host->answer + host->answer_length, piece.ptr, piece.len);
  host->answer_length += piece.len;
  host->answer[host->answer_length] = 0;
  return HF_OK;
}

static const void *on_service(void *ctx, hf_str_t id) {
  static const hf_host_channel_t channel = {
      .size = sizeof channel, .receive = on_receive, .health = on_health};
  static const hf_host_memory_t memory = {.size = sizeof memory, .recall_item = on_item};
  static const hf_host_model_t model = {.size = sizeof model, .text = on_piece};
  (void)ctx;
  if (id.len == strlen(HF_HOST_CHANNEL_ID) && !memcmp(id.ptr, HF_HOST_CHANNEL_ID, id.len))
    return &channel;
  if (id.len == strlen(HF_HOST_MEMORY_ID) && !memcmp(id.ptr, HF_HOST_MEMORY_ID, id.len))
    return &memory;
  if (id.len == strlen(HF_HOST_MODEL_ID) && !memcmp(id.ptr, HF_HOST_MODEL_ID, id.len))
    return &model;
  return NULL;
}

void test_host_start(test_host_t *host) {
  memset(host, 0, sizeof *host);
  host->table = (hf_host_t){.size = sizeof(hf_host_t),
                            .abi_major = HF_ABI_MAJOR,
                            .abi_minor = HF_ABI_MINOR,
                            .ctx = host,
                            .complete = on_complete,
                            .wanted = on_wanted,
                            .explain = on_explain,
                            .log = on_log,
                            .now_ns = on_now,
                            .service = on_service};
  pthread_mutex_init(&host->lock, NULL);
  pthread_cond_init(&host->changed, NULL);
}

void test_host_forget(test_host_t *host) {
  host->item_count = 0;
  host->answer_length = 0;
  host->answer[0] = 0;
  host->pieces = host->split_pieces = 0;
  host->explained[0] = 0;
  host->completed = 0;
}

const hf_plugin_t *load(const char *path, test_host_t *host) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) {
    printf("Bail out! %s\n", dlerror());
    exit(2);
  }
  const hf_plugin_t *(*entry)(const hf_host_t *);
  *(void **)&entry = dlsym(library, "hf_plugin_main");
  const hf_plugin_t *plugin = entry ? entry(&host->table) : NULL;
  if (!plugin) {
    printf("Bail out! %s gives no table\n", path);
    exit(2);
  }
  check(plugin->size == sizeof *plugin && plugin->abi_major == HF_ABI_MAJOR,
        "%s gives a table of this header", strrchr(path, '/') + 1);
  return plugin;
}

instance_t open_instance(const hf_plugin_t *plugin, test_host_t *host, settings_t settings) {
  hf_pair_t pair = {str(settings.key ? settings.key : ""), str(settings.key ? settings.value : "")};
  hf_config_t config = {.size = sizeof config,
                        .instance = str(settings.instance),
                        .json = str("{}"),
                        .pairs = settings.key ? &pair : NULL,
                        .pair_count = settings.key ? 1 : 0,
                        .state_dir = str(settings.folder),
                        .runtime_dir = str(settings.folder)};
  instance_t instance = {.plugin = plugin};
  host->explained[0] = 0;
  instance.status = plugin->create(&host->table, &config, &instance.self);
  if (instance.status == HF_OK)
    instance.extension = plugin->query(instance.self, str(settings.extension));
  return instance;
}

void close_instance(instance_t *instance) {
  if (instance->status == HF_OK) instance->plugin->destroy(instance->self);
  instance->status = HF_E_STALE;
}

int32_t completion(test_host_t *host, hf_op_t op) {
  struct timespec limit;
  clock_gettime(CLOCK_REALTIME, &limit);
  limit.tv_sec += 10;
  pthread_mutex_lock(&host->lock);
  while (host->completed != op)
    if (pthread_cond_timedwait(&host->changed, &host->lock, &limit) == ETIMEDOUT) break;
  int32_t status = host->completed == op ? host->completed_status : HF_PENDING;
  pthread_mutex_unlock(&host->lock);
  return status;
}

const received_t *next_received(test_host_t *host) {
  struct timespec limit;
  clock_gettime(CLOCK_REALTIME, &limit);
  limit.tv_sec += 10;
  const received_t *received = NULL;
  pthread_mutex_lock(&host->lock);
  while (host->received_read == host->received_count)
    if (pthread_cond_timedwait(&host->changed, &host->lock, &limit) == ETIMEDOUT) break;
  if (host->received_read < host->received_count) received = &host->received[host->received_read++];
  pthread_mutex_unlock(&host->lock);
  return received;
}
