/* Loads each plugin of the project as a host would and tries it: `harness [folder of plugins]`, or
 * `harness --measure [folder]` for figures. The folder may also come from HOLDFAST_PLUGINS. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

static int passed, failed;

void check(int good, const char *format, ...) {
  va_list arguments;
  if (good) passed++;
  else failed++;
  printf("%s %d - ", good ? "ok" : "not ok", passed + failed);
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  printf("\n");
  fflush(stdout);
}

static void remove_folder(const char *folder) {
  char command[256];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  if (system(command) != 0) fprintf(stderr, "%s is left behind\n", folder);
}

int main(int count, char **arguments) {
  int measure = count > 1 && strcmp(arguments[1], "--measure") == 0;
  const char *plugins = getenv("HOLDFAST_PLUGINS");
  char folder[] = "/tmp/holdfast-harness-XXXXXX";
  if (count > 1 + measure) plugins = arguments[1 + measure];
  if (!plugins) plugins = "build/plugins";
  if (!mkdtemp(folder)) return 2;

  if (measure) {
    measure_sqlite_memory(folder, plugins);
    measure_file_memory(folder, plugins);
  } else {
    check_console(folder, plugins);
    check_recall_model(folder, plugins);
    check_sqlite_memory(folder, plugins);
    check_file_memory(folder, plugins);
  }
  remove_folder(folder);
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0;
}
