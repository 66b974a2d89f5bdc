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

static int is_stored_once(bench_t *bench) {
  return retain(bench, "key-51", later, dog, 1) == HF_OK &&
         times(read_page(bench, "main%2Fann.md"), "Rex") == 1 &&
         recall(bench, "main/ann", "dog") == 1 && recall(bench, "main/ann", "cat") == 1 &&
         recall(bench, "main/ann", "own words") == 1;
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
  faults.bytes_left = 100;
  check(withdraw(bench, "undo-51", later) == HF_E_FAILED && recall(bench, "main/ann", "dog") == 1,
        "a withdrawal on a full disk changes nothing");
  no_faults();
  check(withdraw(bench, "undo-51", later) == HF_OK && recall(bench, "main/ann", "dog") == 0,
        "and is done later");
}

static void killed(bench_t *bench) {
  int bytes = 0, wrong = 0;
  for (int is_over = 0; !is_over; bytes += 3) {
    prepare(bench);
    pid_t child = fork();
    if (child == 0) {
      faults.bytes_left = bytes;
      faults.is_deadly = 1;
      _exit(retain(bench, "key-51", later, dog, 1) == HF_OK ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    is_over = WIFEXITED(status);
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
        (adds && recall(bench, "main/ann", "dusk") != 1)) {
      wrong++;
      printf("# killed after %d bytes:\n%s\n", bytes, read_page(bench, "main%2Fann.md"));
    }
  }
  check(bytes > 100 && wrong == 0, "killed after every third of %d bytes, it stores a batch once",
        bytes);
}

static void lost_keys(bench_t *bench) {
  prepare(bench);
  is_stored_once(bench);
  close_instance(&bench->instance);
  run_on_pages(bench, "rm -r .holdfast");
  reopen(bench, NULL);
  check(retain(bench, "key-50", ann, cat, 1) == HF_OK && is_stored_once(bench) &&
            times(read_page(bench, "main%2Fann.md"), "Miso") == 1,
        "without its hidden folder a page still knows its batches");
}

void check_file_faults(bench_t *bench) {
  full_disk(bench);
  bad_syncs(bench);
  killed(bench);
  lost_keys(bench);
}
