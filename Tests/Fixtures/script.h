/* What a scripted plugin shares with the test that directs it: a connection over which it tells
 * every call, and is told how to behave. Without the setting `control` it always does its work.
 *
 * Lines, fields apart by TAB, with the escapes of the console's wire. From the plugin: what is
 * called, then name=value fields. From the test:
 *
 *   rule entry behaviour count    the next `count` calls of `entry` behave so; 0: all of them
 *   answer op status text         completes what is held; with status 0 its work is done first
 *   land op                       does the work of what is held, and completes nothing
 *   release                       lets what hangs go on
 *   go                            ends the rules that the test begins with */
#pragma once
#include "script_rules.h"

static inline void *script_read(void *context) {
  script_t *script = context;
  FILE *file = fdopen(dup(script->control), "r");
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  while (file && (length = getline(&line, &room, file)) > 0) {
    line[length - 1] = 0;
    script_obey(script, line);
  }
  free(line);
  if (file) fclose(file);
  pthread_mutex_lock(&script->lock);
  script->started = script->ending = 1; /* nobody directs any more */
  pthread_cond_broadcast(&script->changed);
  pthread_mutex_unlock(&script->lock);
  return NULL;
}

/* The setting of that name, empty if it is not set. */
static inline hf_str_t script_setting(const hf_config_t *config, const char *name) {
  for (uint64_t i = 0; i < config->pair_count; i++)
    if (fixture_is(config->pairs[i].key, name)) return config->pairs[i].value;
  return (hf_str_t){"", 0};
}

/* Connects to the test and waits for its first rules. */
static inline void script_open(script_t *script, const hf_host_t *host, const hf_config_t *config) {
  hf_str_t path = script_setting(config, "control");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  script->fixture.host = host;
  snprintf(script->fixture.folder, sizeof script->fixture.folder, "%.*s", TEXT(config->state_dir));
  pthread_mutex_init(&script->lock, NULL);
  pthread_cond_init(&script->changed, NULL);
  script->control = -1;
  if (path.len == 0) return;
  snprintf(address.sun_path, sizeof address.sun_path, "%.*s", TEXT(path));
  int control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(control, (struct sockaddr *)&address, sizeof address) != 0) {
    close(control);
    return;
  }
  script->control = control;
  text_t hello = {0};
  text_word(&hello, "hello");
  text_field(&hello, "instance", config->instance);
  script_tell(script, &hello);
  free(hello.bytes);
  script->has_reader = pthread_create(&script->reader, NULL, script_read, script) == 0;
  pthread_mutex_lock(&script->lock);
  while (!script->started) pthread_cond_wait(&script->changed, &script->lock);
  pthread_mutex_unlock(&script->lock);
}

static inline void script_close(script_t *script) {
  if (script->control < 0) return;
  script_say(script, "destroy");
  shutdown(script->control, SHUT_RDWR);
  if (script->has_reader) pthread_join(script->reader, NULL);
  close(script->control);
}

static inline void crash(void) {
  int *volatile nowhere = (int *)16;
  *nowhere = 1;
}

/* How this call is to behave. What hangs, raises or kills does so here. */
static inline behaviour_t script_behave(script_t *script, const char *entry) {
  behaviour_t behaviour = DO_WORK;
  pthread_mutex_lock(&script->lock);
  for (rule_t *rule = script->rules; rule < script->rules + RULES; rule++) {
    if (rule->left == 0 || strcmp(rule->entry, entry) != 0) continue;
    behaviour = rule->behaviour;
    if (rule->left > 0) rule->left--;
    break;
  }
  if (behaviour == DO_HANG) {
    while (!script->released && !script->ending)
      pthread_cond_wait(&script->changed, &script->lock);
    behaviour = DO_WORK;
  }
  pthread_mutex_unlock(&script->lock);
  if (behaviour == DO_KILL_BEFORE) kill(getpid(), SIGKILL);
  if (behaviour == DO_RAISE) crash();
  return behaviour;
}

/* Keeps work until the test answers; takes `work` over. */
static inline int32_t script_hold(script_t *script, hf_op_t op, char *work) {
  pthread_mutex_lock(&script->lock);
  for (held_t *held = script->held; held < script->held + HELD; held++) {
    if (held->op != 0) continue;
    *held = (held_t){op, work};
    pthread_cond_broadcast(&script->changed);
    pthread_mutex_unlock(&script->lock);
    return HF_PENDING;
  }
  pthread_mutex_unlock(&script->lock);
  free(work);
  return HF_E_BUSY;
}

/* The status of a call whose work is done, or is not to be done. */
static inline int32_t script_status(script_t *script, behaviour_t behaviour) {
  const hf_host_t *host = script->fixture.host;
  switch (behaviour) {
    case DO_FAIL: host->explain(host->ctx, HF_STR("scripted failure")); return HF_E_FAILED;
    case DO_REFUSE: host->explain(host->ctx, HF_STR("scripted refusal")); return HF_E_REFUSED;
    case DO_UNKNOWN: host->explain(host->ctx, HF_STR("scripted doubt")); return HF_E_UNKNOWN;
    case DO_GARBAGE: return -4711;
    case DO_KILL_AFTER: kill(getpid(), SIGKILL); return HF_E_FAILED;
    default: return HF_OK;
  }
}

/* Whether the work is done before the call returns. */
static inline int script_works(behaviour_t behaviour) {
  return behaviour == DO_WORK || behaviour == DO_UNKNOWN || behaviour == DO_KILL_AFTER ||
         behaviour == DO_KILL_ANSWERED;
}
