/* A model that takes its time, without holding a thread for it: each answer is due some
 * milliseconds after its question, 2 to 40 by what was asked. A message that ends with "?" has it
 * call the first tool that it is offered before it answers. */
#include "bench.h"

#include <pthread.h>
#include <stdio.h>

HF_PLUGIN_NOTE("{\"id\":\"crowd-model\",\"version\":\"1.0.0\",\"abi\":\"1.0\","
               "\"kinds\":[\"model\"],\"events\":[],\"concurrency\":\"instance\","
               "\"language\":\"C\"}");

enum { PENDING = 1 << 14, TEXT = 96, NAME = 65 };

typedef struct answer {
  uint64_t due_ns;
  hf_op_t op;
  char text[TEXT];
  char tool[NAME]; /* to be called first; empty: none */
} answer_t;

/* A heap by `due_ns`. */
typedef struct model {
  const hf_host_t *host;
  const hf_host_model_t *service;
  const hf_host_model_tools_t *tools;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  int ends;
  int count;
  answer_t heap[PENDING];
} model_t;

static void swap(answer_t *a, answer_t *b) {
  answer_t kept = *a;
  *a = *b;
  *b = kept;
}

static void push(model_t *model, const answer_t *answer) {
  int place = model->count++;
  model->heap[place] = *answer;
  while (place > 0 && model->heap[(place - 1) / 2].due_ns > model->heap[place].due_ns) {
    swap(&model->heap[(place - 1) / 2], &model->heap[place]);
    place = (place - 1) / 2;
  }
}

static answer_t pop(model_t *model) {
  answer_t first = model->heap[0];
  model->heap[0] = model->heap[--model->count];
  for (int place = 0;;) {
    int least = place;
    for (int child = 2 * place + 1; child <= 2 * place + 2; child++) {
      if (child < model->count && model->heap[child].due_ns < model->heap[least].due_ns) {
        least = child;
      }
    }
    if (least == place) return first;
    swap(&model->heap[place], &model->heap[least]);
    place = least;
  }
}

static void give(model_t *model, const answer_t *answer) {
  void *ctx = model->host->ctx;
  if (answer->tool[0]) {
    hf_tool_request_t request = {.size = sizeof request};
    request.name = (hf_str_t){answer->tool, strlen(answer->tool)};
    model->tools->call(ctx, answer->op, &request);
  } else {
    model->service->text(ctx, answer->op, (hf_str_t){answer->text, strlen(answer->text)});
  }
  model->host->complete(ctx, answer->op, HF_OK, HF_STR(""));
}

static void *run(void *context) {
  model_t *model = context;
  pthread_mutex_lock(&model->lock);
  while (!model->ends) {
    uint64_t now = bench_now();
    if (model->count == 0) {
      pthread_cond_wait(&model->changed, &model->lock);
    } else if (model->heap[0].due_ns > now) {
      uint64_t due = model->heap[0].due_ns;
      struct timespec time = {(time_t)(due / 1000000000u), (long)(due % 1000000000u)};
      pthread_cond_timedwait(&model->changed, &model->lock, &time);
    } else {
      answer_t answer = pop(model);
      pthread_mutex_unlock(&model->lock);
      give(model, &answer);
      pthread_mutex_lock(&model->lock);
    }
  }
  pthread_mutex_unlock(&model->lock);
  return NULL;
}

static int32_t later(model_t *model, const hf_model_request_t *request, hf_str_t tool) {
  hf_str_t said = request->messages[request->message_count - 1].text;
  uint64_t sum = 5381;
  for (uint64_t place = 0; place < said.len; place++) {
    sum = sum * 33 + (unsigned char)said.ptr[place];
  }
  answer_t answer = {.op = request->head.op, .due_ns = bench_now() + (2 + sum % 39) * 1000000u};
  int length = said.len < 64 ? (int)said.len : 64;
  snprintf(answer.text, sizeof answer.text, "heard %.*s", length, said.ptr);
  if (tool.len > 0 && tool.len < NAME) memcpy(answer.tool, tool.ptr, tool.len);
  pthread_mutex_lock(&model->lock);
  int has_room = model->count < PENDING;
  if (has_room) push(model, &answer);
  pthread_cond_signal(&model->changed);
  pthread_mutex_unlock(&model->lock);
  return has_room ? HF_PENDING : HF_E_BUSY;
}

static int32_t respond(void *self, const hf_model_request_t *request) {
  return later(self, request, HF_STR(""));
}

static int32_t respond_with_tools(void *self, const hf_model_tools_request_t *request) {
  hf_str_t said = request->request.messages[request->request.message_count - 1].text;
  int asks = said.len > 0 && said.ptr[said.len - 1] == '?' && request->use_count == 0 &&
             request->tool_count > 0 && request->rounds_left > 0;
  return later(self, &request->request, asks ? request->tools[0].name : HF_STR(""));
}

static int32_t create(const hf_host_t *host, const hf_config_t *config, void **self) {
  (void)config;
  model_t *model = calloc(1, sizeof *model);
  if (!model) return HF_E_FAILED;
  model->host = host;
  model->service = host->service(host->ctx, HF_STR(HF_HOST_MODEL_ID));
  model->tools = host->service(host->ctx, HF_STR(HF_HOST_MODEL_TOOLS_ID));
  pthread_mutex_init(&model->lock, NULL);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&model->changed, &attributes);
  *self = model;
  return pthread_create(&model->thread, NULL, run, model) == 0 ? HF_OK : HF_E_FAILED;
}

static void destroy(void *self) {
  model_t *model = self;
  pthread_mutex_lock(&model->lock);
  model->ends = 1;
  pthread_cond_signal(&model->changed);
  pthread_mutex_unlock(&model->lock);
  pthread_join(model->thread, NULL);
  free(model);
}

static const hf_model_t plain = {.size = sizeof plain, .respond = respond};
static const hf_model_tools_t calling = {.size = sizeof calling, .respond = respond_with_tools};

static const void *query(void *self, hf_str_t id) {
  (void)self;
  if (bench_is(id, HF_MODEL_ID)) return &plain;
  return bench_is(id, HF_MODEL_TOOLS_ID) ? &calling : NULL;
}

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD, .create = create, .destroy = destroy, .query = query};

BENCH_ENTRY
