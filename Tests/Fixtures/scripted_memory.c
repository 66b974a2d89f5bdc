/* A memory provider that keeps a ledger and behaves as a test directs it (see script.h). What is in
 * the ledger is stored for good, and a key that is in it stores nothing again. */
#include "script.h"

HF_PLUGIN_NOTE(
    "{\"id\":\"scripted-memory\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"kinds\":[\"memory\"],"
    "\"events\":[\"session.opened\",\"session.switched\",\"session.ended\",\"session.deleted\","
    "\"session.compacting\",\"turn.completed\",\"turn.interrupted\",\"turns.withdrawn\","
    "\"prefetch.requested\"],"
    "\"concurrency\":\"instance\",\"language\":\"C\",\"destination\":[\"bank\"],"
    "\"config\":{\"control\":{\"type\":\"string\"},\"bank\":{\"type\":\"string\"}}}");

/* A turn that was stored. */
typedef struct memory {
  char key[40], session[32], scope[160], *user;
  unsigned long long turn;
  int withdrawn;
} memory_t;

typedef struct ledger {
  script_t script; /* first: a ledger is a script */
  int file;
  memory_t *memories;
  size_t count, room;
} ledger_t;

/* The value of a field in a line of the ledger, empty if it is not there. */
static void field_of(const char *line, const char *name, char *value, size_t room) {
  char pattern[40];
  snprintf(pattern, sizeof pattern, "\t%s=", name);
  const char *start = strstr(line, pattern);
  value[0] = 0;
  if (!start) return;
  start += strlen(pattern);
  size_t length = strcspn(start, "\t\n");
  if (length >= room) length = room - 1;
  memcpy(value, start, length);
  value[length] = 0;
}

static unsigned long long number_of(const char *line, const char *name) {
  char value[32];
  field_of(line, name, value, sizeof value);
  return strtoull(value, NULL, 10);
}

static int is_known(const ledger_t *ledger, const char *key) {
  for (size_t i = ledger->count; i > 0; i--)
    if (strcmp(ledger->memories[i - 1].key, key) == 0) return 1;
  return 0;
}

static memory_t *add(ledger_t *ledger) {
  if (ledger->count == ledger->room) {
    ledger->room = ledger->room ? 2 * ledger->room : 64;
    ledger->memories = realloc(ledger->memories, ledger->room * sizeof *ledger->memories);
    if (!ledger->memories) abort();
  }
  memory_t *memory = &ledger->memories[ledger->count++];
  *memory = (memory_t){0};
  return memory;
}

/* Takes a line of the ledger into account: a turn that was stored, or one that was taken back. */
static void apply(ledger_t *ledger, const char *line) {
  char session[32];
  field_of(line, "session", session, sizeof session);
  if (strncmp(line, "stored\t", 7) == 0) {
    char user[4096];
    memory_t *memory = add(ledger);
    field_of(line, "batch", memory->key, sizeof memory->key);
    field_of(line, "scope", memory->scope, sizeof memory->scope);
    field_of(line, "text", user, sizeof user);
    memcpy(memory->session, session, sizeof session);
    memory->user = strdup(user);
    memory->turn = number_of(line, "turn");
  } else if (strncmp(line, "withdrawn\t", 10) == 0) {
    for (size_t i = 0; i < ledger->count; i++)
      if (ledger->memories[i].turn == number_of(line, "turn") &&
          strcmp(ledger->memories[i].session, session) == 0)
        ledger->memories[i].withdrawn = 1;
  }
}

/* Writes lines to the ledger, all or nothing, unless their key is known. Called with the lock. */
static void land(script_t *script, hf_op_t op, const char *lines) {
  ledger_t *ledger = (ledger_t *)script;
  char key[40];
  (void)op;
  field_of(lines, "batch", key, sizeof key);
  if (strncmp(lines, "stored\t", 7) == 0 && is_known(ledger, key)) {
    dprintf(ledger->file, "again\tbatch=%s\n", key);
    return;
  }
  write_all(ledger->file, lines, strlen(lines));
  fdatasync(ledger->file);
  for (const char *line = lines; *line; line = strchr(line, '\n') + 1) apply(ledger, line);
  if (script->control >= 0) write_all(script->control, lines, strlen(lines));
}

/* Does the work of a call, or what is to happen instead of it. Takes `lines` over. */
static int32_t perform(ledger_t *ledger, const char *entry, hf_op_t op, char *lines) {
  script_t *script = &ledger->script;
  behaviour_t behaviour = script_behave(script, entry);
  if (behaviour == DO_HOLD) return script_hold(script, op, lines);
  if (script_works(behaviour)) {
    pthread_mutex_lock(&script->lock);
    land(script, op, lines);
    pthread_mutex_unlock(&script->lock);
  }
  if (behaviour == DO_KILL_ANSWERED) {
    fixture_complete(&script->fixture, op, HF_OK, "");
    kill(getpid(), SIGKILL);
  }
  free(lines);
  return script_status(script, behaviour);
}

static void add_tags(text_t *text, const hf_retain_t *batch) {
  text_t tags = {0};
  text_word(&tags, "");
  for (uint64_t i = 0; i < batch->tag_count; i++) {
    if (i > 0) text_word(&tags, " ");
    text_add(&tags, batch->tags[i].ptr, batch->tags[i].len);
  }
  text_field(text, "tags", (hf_str_t){tags.bytes, tags.length});
  free(tags.bytes);
}

static void add_batch(text_t *text, const hf_retain_t *batch) {
  text_head(text, &batch->head);
  text_field(text, "batch", batch->key);
  text_field(text, "document", batch->document_id);
  add_tags(text, batch);
  text_number(text, "attempt", batch->attempt);
  text_number(text, "repeated", batch->repeated);
}

static int32_t retain(void *self, const hf_retain_t *batch) {
  ledger_t *ledger = self;
  text_t call = {0}, lines = {0};
  text_word(&call, "retain");
  add_batch(&call, batch);
  text_number(&call, "count", batch->turn_count);
  text_word(&lines, "");
  for (uint64_t i = 0; i < batch->turn_count; i++) {
    const hf_turn_t *turn = &batch->turns[i];
    text_word(&lines, "stored");
    add_batch(&lines, batch);
    text_number(&lines, "turn", turn->index);
    text_field(&lines, "text", turn->messages[0].text);
    text_field(&lines, "answer", turn->messages[turn->message_count - 1].text);
    text_word(&lines, "\n");
  }
  script_tell(&ledger->script, &call);
  free(call.bytes);
  return perform(ledger, "retain", batch->head.op, lines.bytes);
}

static int32_t withdraw(void *self, const hf_withdraw_t *request) {
  ledger_t *ledger = self;
  text_t call = {0}, lines = {0};
  text_word(&call, "withdraw");
  text_head(&call, &request->head);
  text_number(&call, "count", request->withdrawal_count);
  text_word(&lines, "");
  for (uint64_t i = 0; i < request->withdrawal_count; i++) {
    text_word(&lines, "withdrawn");
    text_head(&lines, &request->head);
    text_field(&lines, "batch", request->key);
    text_field(&lines, "of", request->withdrawals[i].batch_key);
    text_number(&lines, "turn", request->withdrawals[i].turn);
    text_word(&lines, "\n");
  }
  script_tell(&ledger->script, &call);
  free(call.bytes);
  return perform(ledger, "withdraw", request->head.op, lines.bytes);
}

/* Everything of the scope that another session said, newest first. */
static void recall_items(ledger_t *ledger, const hf_head_t *head, uint32_t limit) {
  const hf_host_t *host = ledger->script.fixture.host;
  const hf_host_memory_t *service = host->service(host->ctx, HF_STR(HF_HOST_MEMORY_ID));
  pthread_mutex_lock(&ledger->script.lock);
  for (size_t i = ledger->count; i > 0 && limit > 0; i--) {
    const memory_t *memory = &ledger->memories[i - 1];
    if (memory->withdrawn || !fixture_is(head->scope, memory->scope)) continue;
    if (fixture_is(head->session_id, memory->session)) continue;
    hf_recall_item_t item = {.size = sizeof item, .score = (double)i, .scope = head->scope};
    item.text = (hf_str_t){memory->user, strlen(memory->user)};
    item.session_id = (hf_str_t){memory->session, strlen(memory->session)};
    item.turn_first = item.turn_last = memory->turn;
    service->recall_item(host->ctx, head->op, &item);
    limit--;
  }
  pthread_mutex_unlock(&ledger->script.lock);
}

static int32_t recall(void *self, const hf_recall_t *request) {
  ledger_t *ledger = self;
  text_t call = {0};
  text_word(&call, "recall");
  text_head(&call, &request->head);
  text_field(&call, "query", request->query);
  script_tell(&ledger->script, &call);
  free(call.bytes);
  behaviour_t behaviour = script_behave(&ledger->script, "recall");
  if (behaviour == DO_HOLD) return script_hold(&ledger->script, request->head.op, NULL);
  if (script_works(behaviour)) recall_items(ledger, &request->head, request->max_items);
  return script_status(&ledger->script, behaviour);
}

static const char *name_of(uint64_t kind) {
  switch (kind) {
    case HF_EVENT_SESSION_OPENED: return "opened";
    case HF_EVENT_SESSION_SWITCHED: return "switched";
    case HF_EVENT_SESSION_ENDED: return "ended";
    case HF_EVENT_SESSION_DELETED: return "deleted";
    case HF_EVENT_SESSION_COMPACTING: return "compacting";
    case HF_EVENT_TURN_COMPLETED: return "completed";
    case HF_EVENT_TURN_INTERRUPTED: return "interrupted";
    case HF_EVENT_TURNS_WITHDRAWN: return "undone";
    case HF_EVENT_PREFETCH_REQUESTED: return "prefetch";
    default: return "unknown";
  }
}

static int32_t event(void *self, const hf_event_t *event) {
  ledger_t *ledger = self;
  text_t call = {0};
  text_word(&call, name_of(event->kind));
  text_head(&call, event);
  if (event->kind == HF_EVENT_SESSION_SWITCHED) {
    const hf_event_switched_t *change = (const void *)event;
    text_field(&call, "new", change->new_session_id);
    text_field(&call, "newparent", change->new_parent_id);
    text_number(&call, "newepoch", change->new_epoch);
    text_number(&call, "reset", change->reset);
    text_number(&call, "rewound", change->rewound);
  }
  script_tell(&ledger->script, &call);
  free(call.bytes);
  int is_prefetch = event->kind == HF_EVENT_PREFETCH_REQUESTED;
  int is_question = event->op != 0 && !is_prefetch;
  const char *entry = is_prefetch ? "prefetch" : is_question ? "compacting" : "event";
  behaviour_t behaviour = script_behave(&ledger->script, entry);
  if (behaviour == DO_HOLD) return script_hold(&ledger->script, event->op, NULL);
  if (is_prefetch && script_works(behaviour)) recall_items(ledger, event, 8);
  return script_status(&ledger->script, behaviour);
}

static void cancelled(void *self, hf_op_t op) {
  ledger_t *ledger = self;
  text_t call = {0};
  text_word(&call, "cancelled");
  text_number(&call, "op", op);
  script_tell(&ledger->script, &call);
  free(call.bytes);
}

/* A line whose end is missing was being written when the host ended, and counts for nothing. */
static void reload(ledger_t *ledger, const char *path) {
  FILE *file = fopen(path, "r");
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  while (file && (length = getline(&line, &room, file)) > 0)
    if (line[length - 1] == '\n') apply(ledger, line);
  free(line);
  if (file) fclose(file);
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  ledger_t *ledger = calloc(1, sizeof *ledger);
  char path[2048];
  script_open(&ledger->script, host, config);
  ledger->script.land = land;
  hf_str_t bank = script_setting(config, "bank");
  if (bank.len == 0) bank = HF_STR("ledger");
  snprintf(path, sizeof path, "%s/%.*s", ledger->script.fixture.folder, TEXT(bank));
  reload(ledger, path);
  ledger->file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  *self = ledger;
  behaviour_t behaviour = script_behave(&ledger->script, "create");
  return ledger->file < 0 ? HF_E_FAILED : script_status(&ledger->script, behaviour);
}

static void destroy(void *self) {
  ledger_t *ledger = self;
  script_behave(&ledger->script, "destroy");
  script_close(&ledger->script);
  close(ledger->file);
  for (size_t i = 0; i < ledger->count; i++) free(ledger->memories[i].user);
  free(ledger->memories);
  free(ledger);
}

static const hf_memory_t extension = {
    .size = sizeof extension, .retain = retain, .withdraw = withdraw, .recall = recall};

FIXTURE_QUERY(HF_MEMORY_ID)

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .events = HF_EVENT_SESSION_OPENED | HF_EVENT_SESSION_SWITCHED | HF_EVENT_SESSION_ENDED |
              HF_EVENT_SESSION_DELETED | HF_EVENT_SESSION_COMPACTING | HF_EVENT_TURN_COMPLETED |
              HF_EVENT_TURN_INTERRUPTED | HF_EVENT_TURNS_WITHDRAWN | HF_EVENT_PREFETCH_REQUESTED,
    .create = create,
    .destroy = destroy,
    .event = event,
    .on_cancel = cancelled,
    .query = query,
};

FIXTURE_ENTRY
