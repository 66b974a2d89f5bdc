#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory_bench.h"

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

static void run_sql(const bench_t *bench, const char *file, const char *sql) {
  char command[1024];
  snprintf(command, sizeof command, "sqlite3 '%s/%s' \"%s\"", bench->folder, file, sql);
  if (system(command) != 0) printf("# failed: %s\n", command);
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

void check_sqlite_memory(const char *folder, const char *plugins) {
  static bench_t bench;
  bench_start(&bench, folder, plugins, "sqlite-memory.so");
  if (!bench.memory) return;
  check_storing(&bench);
  asking(&bench);
  ranking(&bench);
  check_withdrawing(&bench);
  check_restarting(&bench);
  check_side_by_side(&bench);
  files_in_the_way(&bench);
  close_instance(&bench.instance);
}

/* Figures: how fast turns go in, and how long a question takes among 50 000 of them. */

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
  bench_start(&bench, folder, plugins, "sqlite-memory.so");
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
