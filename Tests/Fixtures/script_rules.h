/* A scripted plugin's state, and how what a test says changes it. See script.h. */
#pragma once
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "wire_text.h"

typedef enum behaviour {
  DO_WORK,
  DO_FAIL,
  DO_REFUSE,
  DO_UNKNOWN,     /* the work, but says that it does not know */
  DO_HOLD,        /* HF_PENDING, until the test answers */
  DO_HANG,        /* never returns, or not before the test says so */
  DO_GARBAGE,     /* a status that means nothing */
  DO_RAISE,       /* the work of a program with a bug: a wild write */
  DO_KILL_BEFORE, /* the host is killed before the work is done */
  DO_KILL_AFTER,  /* and after it was done, before anybody hears of it */
  DO_KILL_ANSWERED, /* and after it was done and answered, on the same thread */
} behaviour_t;

typedef struct rule {
  char entry[32];
  behaviour_t behaviour;
  long left; /* -1: for ever */
} rule_t;

/* Work that waits for the test. */
typedef struct held {
  hf_op_t op;
  char *work; /* the plugin's own */
} held_t;

enum { RULES = 32, HELD = 256 };

typedef struct script {
  fixture_t fixture; /* first, so that the macros for fixtures work on a script too */
  pthread_mutex_t lock;
  pthread_cond_t changed;
  pthread_t reader;
  int control, has_reader, started, released, ending;
  rule_t rules[RULES];
  held_t held[HELD];
  /* Does held work; called with the lock. */
  void (*land)(struct script *script, hf_op_t op, const char *work);
} script_t;

/* Tells the test a line; its end is added. */
static inline void script_tell(script_t *script, const text_t *line) {
  if (script->control < 0) return;
  text_t whole = {0};
  text_add(&whole, line->bytes, line->length);
  text_word(&whole, "\n");
  pthread_mutex_lock(&script->lock);
  write_all(script->control, whole.bytes, whole.length);
  pthread_mutex_unlock(&script->lock);
  free(whole.bytes);
}

static inline void script_say(script_t *script, const char *word) {
  text_t line = {0};
  text_word(&line, word);
  script_tell(script, &line);
  free(line.bytes);
}

static inline behaviour_t behaviour_named(const char *name) {
  static const char *names[] = {"work", "fail",    "refuse", "unknown",     "hold",
                                "hang", "garbage", "raise",  "kill-before", "kill-after",
                                "kill-answered"};
  for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
    if (strcmp(names[i], name) == 0) return (behaviour_t)i;
  return DO_WORK;
}

static inline void script_rule(script_t *script, const char *entry, const char *name, long count) {
  for (int i = 0; i < RULES; i++) {
    rule_t *rule = &script->rules[i];
    if (rule->left != 0 && strcmp(rule->entry, entry) != 0) continue;
    snprintf(rule->entry, sizeof rule->entry, "%s", entry);
    rule->behaviour = behaviour_named(name);
    rule->left = rule->behaviour == DO_WORK ? 0 : count == 0 ? -1 : count;
    return;
  }
}

/* A test hears of a call before the call is held, and may answer at once: waits, with the lock,
 * until it is held, ten seconds at most. */
static inline void script_await(script_t *script, hf_op_t op) {
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += 10;
  for (int status = 0; status == 0;) {
    for (held_t *held = script->held; held < script->held + HELD; held++)
      if (held->op == op) return;
    status = pthread_cond_timedwait(&script->changed, &script->lock, &end);
  }
}

/* Completes held work, or only does it. Called with the lock. */
static inline void script_answer(script_t *script, hf_op_t op, int does_work, int completes,
                                 int32_t status, const char *why) {
  for (held_t *held = script->held; held < script->held + HELD; held++) {
    if (held->op != op) continue;
    if (does_work && held->work && script->land) script->land(script, op, held->work);
    free(held->work);
    *held = (held_t){0};
    if (completes) fixture_complete(&script->fixture, op, status, why);
    return;
  }
}

static inline void script_obey(script_t *script, char *line) {
  char *field[4] = {"", "", "", ""};
  for (int i = 0; i < 4 && line; i++) field[i] = strsep(&line, "\t");
  hf_op_t op = strtoull(field[1], NULL, 10);
  int32_t status = (int32_t)strtol(field[2], NULL, 10);
  pthread_mutex_lock(&script->lock);
  if (strcmp(field[0], "rule") == 0) script_rule(script, field[1], field[2], atol(field[3]));
  if (strcmp(field[0], "answer") == 0 || strcmp(field[0], "land") == 0) script_await(script, op);
  if (strcmp(field[0], "answer") == 0) script_answer(script, op, !status, 1, status, field[3]);
  if (strcmp(field[0], "land") == 0) script_answer(script, op, 1, 0, 0, "");
  if (strcmp(field[0], "release") == 0) script->released = 1;
  if (strcmp(field[0], "go") == 0) script->started = 1;
  pthread_cond_broadcast(&script->changed);
  pthread_mutex_unlock(&script->lock);
  script_say(script, "obeyed");
}
