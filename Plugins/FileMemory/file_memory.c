/* Memories in Markdown files, one for each scope, that a person can read and edit. What is stored
 * is on the disk before it is acknowledged, and once, whatever ends the host on the way; what a
 * person writes into a page is a memory from the next question on. */
#include <errno.h>
#include <holdfast/holdfast.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pages.h"
#include "search.h"

HF_PLUGIN_NOTE(
    "{\"id\":\"file-memory\",\"version\":\"0.1.0\",\"abi\":\"1.0\",\"kinds\":[\"memory\"],"
    "\"events\":[],\"concurrency\":\"read-write\",\"license\":\"Apache-2.0\",\"language\":\"C\","
    "\"permissions\":[\"files\"],"
    "\"summary\":\"Memories in Markdown files that a person can read and edit\","
    "\"provides\":[\"" HF_MEMORY_ID "\"],\"destination\":[\"path\"],"
    "\"config\":{\"path\":{\"type\":\"string\",\"default\":\"memory\","
    "\"help\":\"Folder of the files, absolute or in the plugin's state folder\"}}}");

typedef struct memory {
  const hf_host_t *host;
  const hf_host_memory_t *answers;
  pages_t pages; /* of the thread that writes; the one that reads uses its folder only */
} memory_t;

static void explain(const hf_host_t *host, const char *what, int failure) {
  char text[2 * PATH_MAX];
  int is_no_file =
      failure == EINVAL || failure == EISDIR || failure == ENXIO || failure == ELOOP;
  if (failure == PAGES_FOREIGN)
    snprintf(text, sizeof text,
             "%s says in its second line that it has another scope's memories; give it the name it "
             "had, or take it away",
             what);
  else if (is_no_file)
    snprintf(text, sizeof text, "%s: not a regular file; move it away", what);
  else
    snprintf(text, sizeof text, "%s: %s; make room or correct the permissions", what,
             strerror(failure));
  host->explain(host->ctx, (hf_str_t){text, strlen(text)});
}

/* Nothing is refused for good: a batch is never at fault for what ails a file. */
static int32_t status_of(const memory_t *memory, hf_str_t scope, int failure) {
  char name[NAME_SIZE], what[PATH_MAX + 3 * NAME_SIZE];
  if (failure == 0) return HF_OK;
  page_name(scope, name);
  snprintf(what, sizeof what, "%s/%s.md%s", memory->pages.folder.path, name,
           failure == PAGES_FOREIGN ? "" : ", or the file of its keys in " HIDDEN);
  explain(memory->host, what, failure);
  return HF_E_FAILED;
}

static int32_t retain(void *self, const hf_retain_t *batch) {
  memory_t *memory = self;
  return status_of(memory, batch->head.scope, pages_store(&memory->pages, batch));
}

static int32_t withdraw(void *self, const hf_withdraw_t *request) {
  memory_t *memory = self;
  return status_of(memory, request->head.scope, pages_take_back(&memory->pages, request));
}

static int32_t recall(void *self, const hf_recall_t *request) {
  const memory_t *memory = self;
  int failure = search(&memory->pages.folder, memory->host, memory->answers, request);
  return status_of(memory, request->head.scope, failure);
}

static void destroy(void *self) {
  memory_t *memory = self;
  pages_close(&memory->pages);
  free(memory);
}

/* The setting `path`; 0 if it is empty or too long. */
static int read_path(const hf_config_t *config, char path[PATH_MAX]) {
  hf_str_t name = HF_STR("memory");
  for (uint64_t i = 0; i < config->pair_count; i++)
    if (config->pairs[i].key.len == 4 && memcmp(config->pairs[i].key.ptr, "path", 4) == 0)
      name = config->pairs[i].value;
  if (name.len == 0) return 0;
  hf_str_t base = name.ptr[0] == '/' ? (hf_str_t){0} : config->state_dir;
  int length = snprintf(path, PATH_MAX, "%.*s%s%.*s", (int)base.len, base.len ? base.ptr : "",
                        base.len ? "/" : "", (int)name.len, name.ptr);
  return length > 0 && length < PATH_MAX;
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  char path[PATH_MAX];
  memory_t *memory = calloc(1, sizeof *memory);
  if (!memory) return HF_E_FAILED;
  memory->host = host;
  memory->answers = host->service(host->ctx, HF_STR(HF_HOST_MEMORY_ID));
  int failure = memory->answers ? 0 : ENOSYS;
  if (!failure && !read_path(config, path)) {
    host->explain(host->ctx, HF_STR("the setting `path` is empty or too long"));
    failure = ENAMETOOLONG;
  } else if (!failure && (failure = pages_open(&memory->pages, path))) {
    explain(host, path, failure);
  }
  if (!failure) {
    *self = memory;
    return HF_OK;
  }
  free(memory);
  return HF_E_REFUSED;
}

static const void *query(void *self, hf_str_t id) {
  static const hf_memory_t table = {
      .size = sizeof table, .retain = retain, .withdraw = withdraw, .recall = recall};
  (void)self;
  int asked = id.len == strlen(HF_MEMORY_ID) && memcmp(id.ptr, HF_MEMORY_ID, id.len) == 0;
  return asked ? &table : NULL;
}

const hf_plugin_t *hf_plugin_main(const hf_host_t *host) {
  static const hf_plugin_t plugin = {HF_PLUGIN_HEAD,
                                     .concurrency = HF_CONCURRENCY_READ_WRITE,
                                     .create = create,
                                     .destroy = destroy,
                                     .query = query};
  (void)host;
  return &plugin;
}
