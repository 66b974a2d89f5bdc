#include "page_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void page_path(const bench_t *bench, const char *name, char path[512]) {
  snprintf(path, 512, "%s/memory/%s", bench->folder, name);
}

const char *read_page(const bench_t *bench, const char *name) {
  static char *text;
  size_t length = 0, room = 1 << 16, got = 1;
  char path[512];
  page_path(bench, name, path);
  FILE *file = fopen(path, "r");
  do {
    room *= 2;
    text = realloc(text, room);
    if (!text) abort();
    got = file ? fread(text + length, 1, room - length - 1, file) : 0;
    length += got;
  } while (got > 0);
  if (file) fclose(file);
  text[length] = 0;
  return text;
}

void write_page(const bench_t *bench, const char *name, const char *text) {
  char path[512];
  page_path(bench, name, path);
  FILE *file = fopen(path, "w");
  if (!file || fputs(text, file) < 0 || fclose(file) != 0) printf("# %s cannot be written\n", path);
}

void edit_page(const bench_t *bench, const char *name, const char *what, const char *by) {
  char *edited, path[512], made[520];
  const char *text = read_page(bench, name), *found = strstr(text, what);
  if (!found) {
    printf("# nothing to edit: %s\n", what);
    return;
  }
  if (asprintf(&edited, "%.*s%s%s", (int)(found - text), text, by, found + strlen(what)) < 0)
    abort();
  write_page(bench, "edited.tmp", edited);
  free(edited);
  page_path(bench, "edited.tmp", made);
  page_path(bench, name, path);
  if (rename(made, path) != 0) printf("# %s cannot be replaced\n", path);
}

int times(const char *text, const char *what) {
  int found = 0;
  for (; (text = strstr(text, what)); text += strlen(what)) found++;
  return found;
}

void run_on_pages(const bench_t *bench, const char *command) {
  char folder[512], whole[1400];
  page_path(bench, "", folder);
  snprintf(whole, sizeof whole, "cd '%s' && %s", folder, command);
  if (system(whole) != 0) printf("# failed: %s\n", whole);
}

void empty_memory(bench_t *bench) {
  close_instance(&bench->instance);
  run_on_pages(bench, "rm -rf -- * .holdfast");
  reopen(bench, NULL);
}
