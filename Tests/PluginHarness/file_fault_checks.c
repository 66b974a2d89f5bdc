#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "page_bench.h"

static const place_t ann = {"main/ann", "s1", 1};
static const char *const dog[] = {"my dog is called Rex", "Noted as well."};
static const place_t later = {"main/ann", "s2", 1};

/* One batch and a person's note are there, and another batch is tried. */
static void prepare(bench_t *bench) {
  empty_memory(bench);
  retain(bench, "key-50", ann, cat, 1);
  edit_page(bench, "main%2Fann.md", "# Memories", "Own words of hers\n\n# Memories");
}

/* Two batches of a turn each, and nothing left of what was torn. */
static int has_two_turns(bench_t *bench) {
  const char *text = read_page(bench, "main%2Fann.md");
  return times(text, "Rex") == 1 && times(text, "Miso") == 1 && times(text, "\n-") == 4 &&
         times(text, "\n## ") == 2 && times(text, "<!") == 5;
}

static int is_stored_once(bench_t *bench) {
  return retain(bench, "key-51", later, dog, 1) == HF_OK &&
         times(read_page(bench, "main%2Fann.md"), "Rex") == 1 &&
         recall(bench, "main/ann", "dog") == 1 && recall(bench, "main/ann", "cat") == 1 &&
         recall(bench, "main/ann", "own words") == 1;
}

/* Another process stores the batch, and is killed as the faults say; 0 if it was not. */
static int is_killed(bench_t *bench, faults_t how, const char *const *texts, int count) {
  pid_t child = fork();
  if (child == 0) {
    faults = how;
    faults.is_deadly = 1;
    _exit(retain(bench, "key-51", later, texts, count) == HF_OK ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

static void full_disk(bench_t *bench) {
  int failures = 0, changes = 0, repeats = 0, bytes = 0;
  for (int done = 0; !done; bytes += 3) {
    prepare(bench);
    char before[4096];
    snprintf(before, sizeof before, "%s", read_page(bench, "main%2Fann.md"));
    faults.bytes_left = bytes;
    done = retain(bench, "key-51", later, dog, 1) == HF_OK;
    no_faults();
    failures += !done && !strstr(bench->host.explained, "No space left");
    /* Once the page has all of it, only its key is missing. */
    changes += !done && strcmp(before, read_page(bench, "main%2Fann.md")) != 0 &&
               !strstr(read_page(bench, "main%2Fann.md"), "Noted as well.");
    repeats += !is_stored_once(bench);
  }
  check(bytes > 100 && failures == 0 && changes == 0 && repeats == 0,
        "a disk that is full after every third of %d bytes leaves the page as it was", bytes);
}

static void bad_syncs(bench_t *bench) {
  for (int syncs = 0; syncs < 2; syncs++) {
    prepare(bench);
    faults.syncs_left = syncs;
    check(retain(bench, "key-51", later, dog, 1) == HF_E_FAILED, "what cannot be synced fails");
    no_faults();
    check(is_stored_once(bench), "and is stored once when it can");
  }
  prepare(bench);
  faults = (faults_t){.bytes_left = 60, .syncs_left = -1, .is_truncate_bad = 1};
  check(retain(bench, "key-51", later, dog, 1) == HF_E_FAILED, "half a batch that stays fails");
  no_faults();
  check(is_stored_once(bench), "and is taken out before the batch is stored");
  prepare(bench);
  faults = (faults_t){.bytes_left = -1, .syncs_left = 0, .is_truncate_bad = 1};
  check(retain(bench, "key-51", later, dog, 1) == HF_E_FAILED, "as does a whole one");
  no_faults();
  check(is_stored_once(bench), "which is written again");
  prepare(bench);
  faults = (faults_t){.bytes_left = -1, .syncs_left = 1, .is_truncate_bad = 1};
  check(retain(bench, "key-51", later, dog, 1) == HF_E_FAILED, "as does one whose key stays");
  no_faults();
  check(is_stored_once(bench), "which is not written again");
  faults.bytes_left = 100;
  check(withdraw(bench, "undo-51", later) == HF_E_FAILED && recall(bench, "main/ann", "dog") == 1,
        "a withdrawal on a full disk changes nothing");
  no_faults();
  check(withdraw(bench, "undo-51", later) == HF_OK && recall(bench, "main/ann", "dog") == 0,
        "and is done later");
}

static void full_disk_at_the_start(bench_t *bench) {
  prepare(bench);
  faults = (faults_t){.bytes_left = 60, .syncs_left = -1, .is_truncate_bad = 1};
  retain(bench, "key-51", later, dog, 1);
  faults = (faults_t){.bytes_left = 0, .syncs_left = -1};
  reopen(bench, NULL);
  int is_open = bench->instance.status == HF_OK;
  check(is_open && recall(bench, "main/ann", "cat") == 1,
        "a page that cannot be mended keeps nobody from the others");
  if (!is_open) no_faults(), reopen(bench, NULL);
  check(retain(bench, "key-51", later, dog, 1) == HF_E_FAILED &&
            strstr(bench->host.explained, "main%2Fann.md") &&
            strstr(bench->host.explained, "No space left on device; make room"),
        "its own batches wait for it: %s", bench->host.explained);
  no_faults();
  check(is_stored_once(bench), "and are stored once it is mended");
}

static void killed(bench_t *bench) {
  int bytes = 0, wrong = 0;
  for (int is_over = 0; !is_over; bytes += 3) {
    prepare(bench);
    is_over = !is_killed(bench, (faults_t){.bytes_left = bytes, .syncs_left = -1}, dog, 1);
    /* Somebody writes something before the host is back. */
    char text[1 << 12];
    snprintf(text, sizeof text, "%s", read_page(bench, "main%2Fann.md"));
    size_t length = strlen(text);
    int adds = length > 0 && text[length - 1] == '\n' && bytes % 2;
    if (adds) {
      strcat(text, "\nSeen at dusk\n");
      write_page(bench, "main%2Fann.md", text);
    }
    reopen(bench, NULL);
    int found = recall(bench, "main/ann", "dog");
    int is_torn = found == 1 && strstr(bench->host.items[0].text, "Noted as well.") == NULL;
    if (bench->instance.status != HF_OK || is_torn || !is_stored_once(bench) ||
        !has_two_turns(bench) ||
        (adds && recall(bench, "main/ann", "dusk") != 1)) {
      wrong++;
      printf("# killed after %d bytes:\n%s\n", bytes, read_page(bench, "main%2Fann.md"));
    }
  }
  check(bytes > 100 && wrong == 0, "killed after every third of %d bytes, it stores a batch once",
        bytes);
}

/* The first batch of a page: nothing tells of keys that were there before. */
static void killed_at_first(bench_t *bench) {
  int bytes = 0, wrong = 0;
  for (int is_over = 0; !is_over; bytes += 3) {
    empty_memory(bench);
    is_over = !is_killed(bench, (faults_t){.bytes_left = bytes, .syncs_left = -1}, dog, 1);
    reopen(bench, NULL);
    retain(bench, "key-51", later, dog, 1);
    retain(bench, "key-50", ann, cat, 1);
    if (has_two_turns(bench)) continue;
    wrong++;
    printf("# killed after %d bytes:\n%s\n", bytes, read_page(bench, "main%2Fann.md"));
  }
  check(bytes > 200 && wrong == 0, "as it does with the first batch of a page, within %d bytes",
        bytes);
}

/* Batches of several megabytes */

enum { MEBIBYTE = 1 << 20, LARGE_TURNS = 6 };

static const char *const *large_batch(void) {
  static char long_text[MEBIBYTE + 1];
  static const char *texts[2 * LARGE_TURNS];
  for (size_t i = 0; i < MEBIBYTE; i++) long_text[i] = i % 80 == 79 ? '\n' : 'x';
  for (int i = 0; i < LARGE_TURNS; i++) {
    texts[2 * i] = long_text;
    texts[2 * i + 1] = "Quite so.";
  }
  texts[0] = dog[0];
  texts[2 * LARGE_TURNS - 1] = "That was all.";
  return texts;
}

static int is_large_stored_once(bench_t *bench) {
  if (retain(bench, "key-51", later, large_batch(), LARGE_TURNS) != HF_OK) return 0;
  const char *text = read_page(bench, "main%2Fann.md");
  return times(text, "Rex") == 1 && times(text, "That was all.") == 1 &&
         times(text, "Quite so.") == LARGE_TURNS - 1 && times(text, "batch=key-51") == 1 &&
         times(text, "Miso") == 1 && strstr(text, "Own words of hers");
}

static void large_and_killed(bench_t *bench) {
  prepare(bench);
  size_t before = strlen(read_page(bench, "main%2Fann.md"));
  check(is_large_stored_once(bench), "a batch of several megabytes is stored");
  long all = (long)(strlen(read_page(bench, "main%2Fann.md")) - before);
  /* In the middle, at the end, behind its sync, and around the syncs of page and key. */
  const faults_t ways[] = {{.bytes_left = MEBIBYTE, .syncs_left = -1},
                           {.bytes_left = MEBIBYTE + 11, .syncs_left = -1},
                           {.bytes_left = all * 9 / 10, .syncs_left = -1},
                           {.bytes_left = all - 1, .syncs_left = -1},
                           {.bytes_left = all, .syncs_left = -1},
                           {.bytes_left = all + 3, .syncs_left = -1},
                           {.bytes_left = -1, .syncs_left = 0},
                           {.bytes_left = -1, .syncs_left = 1}};
  int wrong = all < 5 * MEBIBYTE;
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    prepare(bench);
    int is_done = is_killed(bench, ways[i], large_batch(), LARGE_TURNS);
    reopen(bench, NULL);
    const char *text = read_page(bench, "main%2Fann.md");
    int is_torn = strstr(text, "Rex") && !strstr(text, "That was all.");
    if (is_done && !is_torn && is_large_stored_once(bench)) continue;
    wrong++;
    printf("# killed in way %zu: %d, %s\n", i, is_done, is_torn ? "torn" : "not torn");
  }
  check(wrong == 0, "and killed anywhere, it is there once");
}

static void large_on_a_full_disk(bench_t *bench) {
  for (int is_truncate_bad = 0; is_truncate_bad < 2; is_truncate_bad++) {
    prepare(bench);
    faults = (faults_t){.bytes_left = 5 * MEBIBYTE, .syncs_left = -1};
    faults.is_truncate_bad = is_truncate_bad;
    check(retain(bench, "key-51", later, large_batch(), LARGE_TURNS) == HF_E_FAILED &&
              !strstr(read_page(bench, "main%2Fann.md"), "Rex") == !is_truncate_bad,
          "a disk that is full in the middle of it %s",
          is_truncate_bad ? "may keep its beginning" : "keeps nothing");
    no_faults();
    check(is_large_stored_once(bench), "and it is stored once when there is room");
  }
}

/* Keys that are lost */

static void lose_keys(bench_t *bench) {
  close_instance(&bench->instance);
  run_on_pages(bench, "rm -r .holdfast");
  reopen(bench, NULL);
}

static void lost_keys(bench_t *bench) {
  prepare(bench);
  is_stored_once(bench);
  lose_keys(bench);
  check(retain(bench, "key-50", ann, cat, 1) == HF_OK && is_stored_once(bench) &&
            times(read_page(bench, "main%2Fann.md"), "Miso") == 1,
        "without its hidden folder a page still knows its batches");
}

/* What is there stays, now and after another start. */
static int stays(bench_t *bench, const char *query, const char *text) {
  lose_keys(bench);
  int found = recall(bench, "main/ann", query) == 1 && strstr(bench->host.items[0].text, text);
  reopen(bench, NULL);
  return found && recall(bench, "main/ann", query) == 1 &&
         strstr(bench->host.items[0].text, text) && recall(bench, "main/ann", "cat") == 1 &&
         recall(bench, "main/ann", "own words") == 1;
}

static void lost_keys_and_edits(bench_t *bench) {
  prepare(bench);
  is_stored_once(bench);
  edit_page(bench, "main%2Fann.md", "called Rex", "called Bello");
  check(stays(bench, "dog", "Bello"), "a last batch that a person has changed stays");
  check(retain(bench, "key-51", later, dog, 1) == HF_OK &&
            !strstr(read_page(bench, "main%2Fann.md"), "Rex"),
        "and is not stored again");
  prepare(bench);
  is_stored_once(bench);
  edit_page(bench, "main%2Fann.md", "my dog is called Rex", "dog: Rex");
  check(stays(bench, "dog", "user: dog: Rex"), "one that was made shorter stays");

  const char *const three[] = {dog[0], dog[1], "my fish is Bob", "Aye.", "my bird is Tom", "Aye."};
  prepare(bench);
  retain(bench, "key-51", later, three, 3);
  withdraw(bench, "undo-51", (place_t){"main/ann", "s2", 3});
  check(stays(bench, "fish", "Bob") && recall(bench, "main/ann", "dog") == 1 &&
            recall(bench, "main/ann", "bird") == 0,
        "as do the others of a batch whose last turn was taken back");
  check(withdraw(bench, "undo-52", (place_t){"main/ann", "s2", 2}) == HF_OK &&
            recall(bench, "main/ann", "fish") == 0,
        "of which more can be taken back");
}

/* A torn batch, a note behind it that is shorter than what is missing, and no keys. */
static void lost_keys_and_torn(bench_t *bench) {
  int wrong = 0;
  for (int bytes = 0; bytes < 175; bytes += 3) {
    int adds = bytes % 2 == 0;
    prepare(bench);
    is_killed(bench, (faults_t){.bytes_left = bytes, .syncs_left = -1}, dog, 1);
    if (adds) run_on_pages(bench, "printf '\\n\\nSeen at dusk\\n' >> main%2Fann.md");
    lose_keys(bench);
    if (retain(bench, "key-51", later, dog, 1) == HF_OK &&
        times(read_page(bench, "main%2Fann.md"), "Noted as well.") == 1 &&
        recall(bench, "main/ann", "cat") == 1 && recall(bench, "main/ann", "own words") == 1 &&
        recall(bench, "main/ann", "dusk") == adds)
      continue;
    wrong++;
    printf("# torn after %d bytes:\n%s\n", bytes, read_page(bench, "main%2Fann.md"));
  }
  check(wrong == 0, "a batch that was torn as well is stored whole, and nothing is taken out");
}

static void lost_keys_and_kills(bench_t *bench) {
  int bytes = 0, wrong = 0;
  for (int is_over = 0; !is_over; bytes += 11) {
    prepare(bench);
    is_stored_once(bench);
    edit_page(bench, "main%2Fann.md", "called Rex", "called Bello");
    close_instance(&bench->instance);
    run_on_pages(bench, "rm -r .holdfast");
    pid_t child = fork();
    if (child == 0) {
      faults = (faults_t){.bytes_left = bytes, .is_deadly = 1, .syncs_left = -1};
      reopen(bench, NULL);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    is_over = WIFEXITED(status);
    reopen(bench, NULL);
    retain(bench, "key-51", later, dog, 1);
    retain(bench, "key-50", ann, cat, 1);
    const char *text = read_page(bench, "main%2Fann.md");
    wrong += times(text, "Bello") != 1 || times(text, "Miso") != 1 || strstr(text, "Rex");
  }
  check(bytes > 300 && wrong == 0, "killed while keys are written down, it keeps what is there");
}

void check_file_faults(bench_t *bench) {
  full_disk(bench);
  bad_syncs(bench);
  full_disk_at_the_start(bench);
  killed(bench);
  killed_at_first(bench);
  large_and_killed(bench);
  large_on_a_full_disk(bench);
  lost_keys(bench);
  lost_keys_and_edits(bench);
  lost_keys_and_torn(bench);
  lost_keys_and_kills(bench);
}
