#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

enum { BATCH = 100 };

typedef struct bench {
  test_host_t host;
  const hf_plugin_t *plugin;
  instance_t instance;
  const hf_memory_t *memory;
  const char *folder;
} bench_t;

static void reopen(bench_t *bench, const char *path) {
  settings_t settings = {"notes", bench->folder, path ? "path" : NULL, path, HF_MEMORY_ID};
  close_instance(&bench->instance);
  bench->instance = open_instance(bench->plugin, &bench->host, settings);
  bench->memory = bench->instance.extension;
}

/* Whose turns they are, and the first one's number. */
typedef struct place {
  const char *scope, *session;
  uint64_t first;
} place_t;

static hf_head_t head_of(place_t place) {
  return (hf_head_t){.size = sizeof(hf_head_t),
                     .op = 9,
                     .turn_first = place.first,
                     .turn_last = place.first,
                     .session_id = str(place.session),
                     .scope = str(place.scope)};
}

/* Turns given as pairs of what the person and the agent said. */
static int32_t retain(bench_t *bench, const char *key, place_t place, const char *const *texts,
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

static int32_t withdraw(bench_t *bench, const char *key, place_t place) {
  hf_withdrawal_t turn = {.turn = place.first};
  hf_withdraw_t request = {
      .head = head_of(place), .key = str(key), .withdrawals = &turn, .withdrawal_count = 1};
  return bench->memory->withdraw(bench->instance.self, &request);
}

/* How many are found, by somebody in another session. */
static int recall(bench_t *bench, const char *scope, const char *query) {
  hf_recall_t request = {.head = head_of((place_t){scope, "another", 0}),
                         .query = str(query),
                         .max_items = 10,
                         .max_chars = 4000};
  test_host_forget(&bench->host);
  int32_t status = bench->memory->recall(bench->instance.self, &request);
  return status == HF_OK ? bench->host.item_count : status;
}

static const char *const cat[] = {"my cat is called Miso", "Noted."};

static void storing(bench_t *bench) {
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

static void asking(bench_t *bench) {
  const char *const texts[] = {"Das Büro öffnet um neun", "Gut.",
                               "моя кошка любит рыбу",     "Хорошо.",
                               "the quick brown fox",      "It jumps over the lazy dogs."};
  retain(bench, "key-4", (place_t){"main/eve", "s3", 1}, texts, 3);
  check(recall(bench, "main/eve", "wann oeffnet das buro?") == 1, "accents do not matter");
  check(recall(bench, "main/eve", "кошку") == 1, "an ending that differs does not matter");
  check(recall(bench, "main/eve", "dog") == 1, "what was answered is found too");
  static const char *const odd[] = {"",    "\"",   "* OR )(", "cat\" OR \"x", "NEAR(a b)",
                                    "a:b", "^cat", "-- ';",   "\xff\xfe",      "user_text : x"};
  int failures = 0;
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
    failures += recall(bench, "main/eve", odd[i]) < 0;
  check(failures == 0, "no query is a syntax error");

  hf_recall_t request = {.head = head_of((place_t){"main/eve", "x", 0}),
                         .query = str("fox кошка büro"),
                         .max_items = 2,
                         .max_chars = 30};
  test_host_forget(&bench->host);
  bench->memory->recall(bench->instance.self, &request);
  check(bench->host.item_count == 1 && strlen(bench->host.items[0].text) <= 60,
        "no more is given than was asked for");

  hf_event_prefetch_t prefetch = {.head = head_of((place_t){"main/eve", "x", 0}),
                                  .query = str("fox"),
                                  .max_items = 5,
                                  .max_chars = 1000};
  prefetch.head.kind = HF_EVENT_PREFETCH_REQUESTED;
  test_host_forget(&bench->host);
  int32_t status = bench->plugin->event(bench->instance.self, &prefetch.head);
  check(status == HF_PENDING && bench->host.item_count == 1 && bench->host.completed == 9 &&
            bench->host.completed_status == HF_OK,
        "a prefetch is answered like a recall and completed");
}

static void ranking(bench_t *bench) {
  const char *texts[2 * BATCH];
  for (int i = 0; i < BATCH; i++) {
    texts[2 * i] = i % 2 ? "what is my bicycle's colour?" : "we talked about the weather";
    texts[2 * i + 1] = "I found nothing about that.";
  }
  texts[20] = "my bicycle is green";
  retain(bench, "key-5", (place_t){"main/dan", "s5", 1}, texts, BATCH);
  check(recall(bench, "main/dan", "what is my bicycle's colour?") >= 1 &&
            bench->host.item_count <= 3,
        "what was said often is given once");
  int place = -1;
  for (int i = 0; i < bench->host.item_count; i++)
    if (strstr(bench->host.items[i].text, "green")) place = i;
  check(place >= 0, "a fact is not crowded out by questions about it");
}

static void withdrawing(bench_t *bench) {
  const place_t ann = {"main/ann", "s1", 1};
  check(withdraw(bench, "undo-1", ann) == HF_OK, "a turn is withdrawn");
  check(recall(bench, "main/ann", "cat Miso") == 0, "and not found any more");
  check(withdraw(bench, "undo-1", ann) == HF_OK && withdraw(bench, "undo-2", ann) == HF_OK,
        "a second time does no harm");
  check(recall(bench, "main/bob", "cat") == 1, "others' turns of that number stay");
  check(retain(bench, "key-1", ann, cat, 1) == HF_OK && recall(bench, "main/ann", "cat") == 0,
        "a late repeat of its batch does not bring it back");
}

static void restarting(bench_t *bench) {
  reopen(bench, NULL);
  check(bench->instance.status == HF_OK && recall(bench, "main/bob", "cat") == 1,
        "memories outlive the instance");
  check(retain(bench, "key-3", (place_t){"main/bob", "s2", 1}, cat, 1) == HF_OK &&
            recall(bench, "main/bob", "cat") == 1,
        "so do the keys of batches");
}

static void run_sql(const bench_t *bench, const char *file, const char *sql) {
  char command[1024];
  snprintf(command, sizeof command, "sqlite3 '%s/%s' \"%s\"", bench->folder, file, sql);
  if (system(command) != 0) printf("# failed: %s\n", command);
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

static void side_by_side(bench_t *bench) {
  pthread_t thread;
  void *stored = NULL;
  int failures = pthread_create(&thread, NULL, retain_on_the_side, bench) != 0;
  for (int i = 0; i < 200; i++) failures += recall(bench, "main/bob", "cat") != 1;
  pthread_join(thread, &stored);
  check(failures == 0, "a recall beside batches finds what it would without them");
  check((intptr_t)stored == 200 && recall(bench, "main/ida", "cat") == 1, "and they are stored");
}

static void files_in_the_way(bench_t *bench) {
  char path[512];
  snprintf(path, sizeof path, "%s/damaged.sqlite", bench->folder);
  FILE *file = fopen(path, "w");
  if (file) {
    for (int i = 0; i < 1000; i++) fputs("no database ", file);
    fclose(file);
  }
  reopen(bench, "damaged.sqlite");
  check(bench->instance.status == HF_E_REFUSED && strstr(bench->host.explained, path) &&
            strstr(bench->host.explained, "move it away"),
        "a damaged file is refused: %s", bench->host.explained);

  reopen(bench, "/nowhere/at/all.sqlite");
  check(bench->instance.status == HF_E_REFUSED && strstr(bench->host.explained, "/nowhere/at/all"),
        "a missing folder is refused: %s", bench->host.explained);

  if (system("sqlite3 --version > /dev/null 2>&1") == 0) {
    run_sql(bench, "other.sqlite", "create table t(x);");
    reopen(bench, "other.sqlite");
    check(bench->instance.status == HF_E_REFUSED, "another program's database is refused: %s",
          bench->host.explained);
    reopen(bench, "newer.sqlite");
    close_instance(&bench->instance);
    run_sql(bench, "newer.sqlite", "pragma user_version = 99;");
    reopen(bench, "newer.sqlite");
    check(bench->instance.status == HF_E_REFUSED && strstr(bench->host.explained, "update"),
          "a newer file is refused: %s", bench->host.explained);
  }
  reopen(bench, NULL);
  check(bench->instance.status == HF_OK, "and the next instance is made as if nothing had been");
}

static void start(bench_t *bench, const char *folder, const char *plugins) {
  char path[512];
  test_host_start(&bench->host);
  snprintf(path, sizeof path, "%s/sqlite-memory.so", plugins);
  bench->folder = folder;
  bench->plugin = load(path, &bench->host);
  bench->instance.status = HF_E_STALE;
  reopen(bench, NULL);
  check(bench->memory && !bench->plugin->query(bench->instance.self, str(HF_MODEL_ID)),
        "it is a memory provider and nothing else");
}

void check_sqlite_memory(const char *folder, const char *plugins) {
  static bench_t bench;
  start(&bench, folder, plugins);
  if (!bench.memory) return;
  storing(&bench);
  asking(&bench);
  ranking(&bench);
  withdrawing(&bench);
  restarting(&bench);
  side_by_side(&bench);
  files_in_the_way(&bench);
  close_instance(&bench.instance);
}

/* Figures: how fast turns go in, and how long a question takes among 50 000 of them. */

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Words as frequent as in a language: the n-th is 1/n as frequent as the first. */
static void fill(char *text, size_t size, int words) {
  size_t at = 0;
  for (int i = 0; i < words; i++) {
    double x = (double)rand() / RAND_MAX;
    int rank = 1;
    for (double limit = 5000; x > 0 && rank * 2 < limit && x > 0.08; x -= 0.08) rank *= 2;
    at += (size_t)snprintf(text + at, size - at, "word%d ", rank + rand() % rank);
  }
}

static void measure_recall(bench_t *bench, const char *query) {
  double best = 1e9, worst = 0;
  for (int i = 0; i < 50; i++) {
    double before = seconds();
    recall(bench, "main/ann", query);
    double took = seconds() - before;
    if (took < best) best = took;
    if (took > worst) worst = took;
  }
  printf("recall of 50 000, best %.2f ms, worst %.2f ms, %2d items: %s\n", best * 1e3, worst * 1e3,
         bench->host.item_count, query);
}

void measure_sqlite_memory(const char *folder, const char *plugins) {
  static bench_t bench;
  static char texts[2 * BATCH][512];
  const char *pointers[2 * BATCH];
  start(&bench, folder, plugins);
  double spent = 0;
  for (int batch = 0; batch < 500; batch++) {
    char key[64], session[64];
    for (int i = 0; i < 2 * BATCH; i++) {
      fill(texts[i], sizeof texts[i], i % 2 ? 20 : 12);
      pointers[i] = texts[i];
    }
    snprintf(key, sizeof key, "%08x-9dc0-11d1-b245-5ffdce74fad2", batch * 7919);
    snprintf(session, sizeof session, "01HZZZZZZZZZZZZZZZZZZZ%04d", batch / 2);
    place_t place = {"main/ann", session, 1 + (uint64_t)(batch % 2) * BATCH};
    double before = seconds();
    if (retain(&bench, key, place, pointers, BATCH) != HF_OK) printf("# a batch failed\n");
    spent += seconds() - before;
  }
  printf("retain: %.0f turns/s, batches of %d turns of 32 words\n", 500 * BATCH / spent, BATCH);
  measure_recall(&bench, "word1");
  measure_recall(&bench, "word300 word2500");
  measure_recall(&bench, "word1 word2 word3 word4 word5 word6 word7 word8 word9 word10");
  measure_recall(&bench, "wordless wordy wordsmith");
  close_instance(&bench.instance);
}
