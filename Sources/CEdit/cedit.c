#include "cedit.h"

#include <editline/readline.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

enum { HISTORY = 1000 };

static char prompt[64];
static char history[4096];
static char *line;
static int state;

static void took(char *typed) {
  state = typed ? CEDIT_LINE : CEDIT_END;
  free(line);
  line = typed;
  if (typed && *typed) {
    const HIST_ENTRY *last = NULL;
    if (history_length > 0) last = history_get(history_base + history_length - 1);
    if (!last || strcmp(last->line, typed) != 0) add_history(typed);
  }
}

static void begin(void) {
  rl_callback_handler_install(prompt, took);
  fflush(stdout);
}

void cedit_open(const char *wanted, const char *file) {
  snprintf(prompt, sizeof prompt, "%s", wanted);
  snprintf(history, sizeof history, "%s", file);
  /* Without this every letter beyond ASCII would take several keys to delete. */
  if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
    setlocale(LC_CTYPE, "C.UTF-8");
  rl_readline_name = "holdfast";
  rl_catch_signals = 0; /* signals belong to the host */
  rl_initialize();
  using_history();
  stifle_history(HISTORY);
  read_history(history);
  begin();
}

int cedit_step(void) {
  state = CEDIT_MORE;
  rl_callback_read_char();
  if (state == CEDIT_LINE) begin();
  return state;
}

const char *cedit_line(void) { return line ? line : ""; }

/* Rows between the first one of prompt and line and the one with the cursor. */
static int rows_above_cursor(void) {
  struct winsize size = {.ws_col = 80};
  int column = (int)strlen(prompt);
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0) size.ws_col = 80;
  const char *next = rl_line_buffer, *cursor = rl_line_buffer + rl_point;
  mbstate_t shift = {0};
  while (next && next < cursor) {
    wchar_t letter;
    size_t length = mbrtowc(&letter, next, (size_t)(cursor - next), &shift);
    if (length == 0 || length > 8) break;
    int width = wcwidth(letter);
    column += width > 0 ? width : 0;
    next += length;
  }
  return column / size.ws_col;
}

void cedit_hide(void) {
  int rows = rows_above_cursor();
  if (rows > 0) printf("\033[%dA", rows);
  printf("\r\033[J");
  fflush(stdout);
}

void cedit_show(void) {
  rl_forced_update_display();
  fflush(stdout);
}

int cedit_is_empty(void) { return rl_end == 0; }

void cedit_clear(void) {
  rl_callback_handler_remove();
  printf("\n");
  begin();
}

void cedit_close(void) {
  rl_callback_handler_remove();
  mode_t before = umask(077);
  write_history(history);
  umask(before);
  chmod(history, 0600);
  free(line);
  line = NULL;
}
