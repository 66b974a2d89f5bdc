#include "memory_bench.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void reopen(bench_t *bench, const char *path) {
  settings_t settings = {"notes", bench->folder, path ? "path" : NULL, path, HF_MEMORY_ID};
  close_instance(&bench->instance);
  bench->instance = open_instance(bench->plugin, &bench->host, settings);
  bench->memory = bench->instance.extension;
}

hf_head_t head_of(place_t place) {
  return (hf_head_t){.size = sizeof(hf_head_t),
                     .op = 9,
                     .turn_first = place.first,
                     .turn_last = place.first,
                     .session_id = str(place.session),
                     .scope = str(place.scope)};
}

int32_t retain(bench_t *bench, const char *key, place_t place, const char *const *texts,
               int count) {
  static hf_turn_t turns[BATCH];
  static hf_message_t messages[BATCH][2];
  for (int i = 0; i < count; i++) {
    for (int side = 0; side < 2; side++)
      messages[i][side] = (hf_message_t){.size = sizeof(hf_message_t),
                                         .role = side ? HF_ROLE_ASSISTANT : HF_ROLE_USER,
                                         .time_ms = 1764547200000,
                                         .text = str(texts[2 * i + side])};
    turns[i] = (hf_turn_t){.size = sizeof(hf_turn_t),
                           .index = place.first + (uint64_t)i,
                           .messages = messages[i],
                           .message_count = 2};
  }
  hf_retain_t batch = {.head = head_of(place),
                       .key = str(key),
                       .document_id = str(place.session),
                       .turns = turns,
                       .turn_count = (uint64_t)count,
                       .attempt = 1};
  return bench->memory->retain(bench->instance.self, &batch);
}

int32_t withdraw(bench_t *bench, const char *key, place_t place) {
  hf_withdrawal_t turn = {.turn = place.first};
  hf_withdraw_t request = {
      .head = head_of(place), .key = str(key), .withdrawals = &turn, .withdrawal_count = 1};
  return bench->memory->withdraw(bench->instance.self, &request);
}

int recall(bench_t *bench, const char *scope, const char *query) {
  hf_recall_t request = {.head = head_of((place_t){scope, "another", 0}),
                         .query = str(query),
                         .max_items = 10,
                         .max_chars = 4000};
  test_host_forget(&bench->host);
  int32_t status = bench->memory->recall(bench->instance.self, &request);
  return status == HF_OK ? bench->host.item_count : status;
}

const char *const cat[2] = {"my cat is called Miso", "Noted."};

void bench_start(bench_t *bench, const char *folder, const char *plugins, const char *file) {
  char path[512];
  test_host_start(&bench->host);
  snprintf(path, sizeof path, "%s/%s", plugins, file);
  bench->folder = folder;
  bench->plugin = load(path, &bench->host);
  bench->instance.status = HF_E_STALE;
  reopen(bench, NULL);
  check(bench->memory && !bench->plugin->query(bench->instance.self, str(HF_MODEL_ID)),
        "it is a memory provider and nothing else");
}

void check_storing(bench_t *bench) {
  const place_t ann = {"main/ann", "s1", 1};
  check(recall(bench, "main/ann", "cat") == 0, "an empty memory finds nothing");
  check(retain(bench, "key-1", ann, cat, 1) == HF_OK, "a batch is stored");
  check(recall(bench, "main/ann", "what is my cat called?") == 1, "and found");
  const item_t *item = &bench->host.items[0];
  check(!strcmp(item->text, "user: my cat is called Miso\nassistant: Noted.") &&
            !strcmp(item->scope, "main/ann") && !strcmp(item->session, "s1") && item->turn == 1 &&
            item->time_ms == 1764547200000,
        "with both sides, scope, session, turn and time");
  check(retain(bench, "key-1", ann, cat, 1) == HF_OK && recall(bench, "main/ann", "cat") == 1,
        "the same key again stores nothing");
  check(retain(bench, "key-2", ann, cat, 1) == HF_OK && recall(bench, "main/ann", "cat") == 1,
        "neither does the same turn under another key");

  const char *const other[] = {"my cat is called Tiger", "Noted."};
  retain(bench, "key-3", (place_t){"main/bob", "s2", 1}, other, 1);
  check(recall(bench, "main/ann", "cat called") == 1 && strstr(bench->host.items[0].text, "Miso"),
        "nobody finds another's memories");
  check(recall(bench, "main/bob", "cat called") == 1 && strstr(bench->host.items[0].text, "Tiger"),
        "everybody finds their own");
  check(recall(bench, "main", "cat") == 0 && recall(bench, "", "cat") == 0,
        "a scope that begins alike is another one");

  hf_recall_t request = {
      .head = head_of(ann), .query = str("cat"), .max_items = 5, .max_chars = 1000};
  test_host_forget(&bench->host);
  check(bench->memory->recall(bench->instance.self, &request) == HF_OK &&
            bench->host.item_count == 0,
        "the session that asks is left out: its turns are in the prompt already");
}

void check_withdrawing(bench_t *bench) {
  const place_t ann = {"main/ann", "s1", 1};
  check(withdraw(bench, "undo-1", ann) == HF_OK, "a turn is withdrawn");
  check(recall(bench, "main/ann", "cat Miso") == 0, "and not found any more");
  check(withdraw(bench, "undo-1", ann) == HF_OK && withdraw(bench, "undo-2", ann) == HF_OK,
        "a second time does no harm");
  check(recall(bench, "main/bob", "cat") == 1, "others' turns of that number stay");
  check(retain(bench, "key-1", ann, cat, 1) == HF_OK && recall(bench, "main/ann", "cat") == 0,
        "a late repeat of its batch does not bring it back");
}

void check_restarting(bench_t *bench) {
  reopen(bench, NULL);
  check(bench->instance.status == HF_OK && recall(bench, "main/bob", "cat") == 1,
        "memories outlive the instance");
  check(retain(bench, "key-3", (place_t){"main/bob", "s2", 1}, cat, 1) == HF_OK &&
            recall(bench, "main/bob", "cat") == 1,
        "so do the keys of batches");
}

/* The host lets a recall run beside a batch; both have to be right then. */
static void *retain_on_the_side(void *argument) {
  bench_t *bench = argument;
  intptr_t stored = 0;
  for (int i = 0; i < 200; i++) {
    char key[32];
    snprintf(key, sizeof key, "side-%d", i);
    place_t place = {"main/ida", "s6", 1 + (uint64_t)i};
    stored += retain(bench, key, place, cat, 1) == HF_OK;
  }
  return (void *)stored;
}

void check_side_by_side(bench_t *bench) {
  pthread_t thread;
  void *stored = NULL;
  int failures = pthread_create(&thread, NULL, retain_on_the_side, bench) != 0;
  for (int i = 0; i < 200; i++) failures += recall(bench, "main/bob", "cat") != 1;
  pthread_join(thread, &stored);
  check(failures == 0, "a recall beside batches finds what it would without them");
  check((intptr_t)stored == 200 && recall(bench, "main/ida", "cat") == 1, "and they are stored");
}

double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
