#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

typedef struct bench {
  test_host_t host;
  instance_t instance;
  const hf_model_t *model;
} bench_t;

static hf_message_t message(uint32_t role, const char *text) {
  return (hf_message_t){.size = sizeof(hf_message_t), .role = role, .text = str(text)};
}

static hf_recall_item_t memory(const char *text, int64_t time_ms) {
  hf_recall_item_t item = {.size = sizeof item, .text = str(text), .time_ms = time_ms};
  return item;
}

static int32_t ask(bench_t *bench, hf_model_request_t request) {
  request.head.size = sizeof request;
  request.head.op = 7;
  test_host_forget(&bench->host);
  return bench->model->respond(bench->instance.self, &request);
}

/* The answer to one message, with what was recalled for it. */
static const char *answer(bench_t *bench, const char *text, hf_recall_item_t *items, int count) {
  hf_message_t asked = message(HF_ROLE_USER, text);
  int32_t status = ask(bench, (hf_model_request_t){.purpose = HF_MODEL_ANSWER,
                                                   .messages = &asked,
                                                   .message_count = 1,
                                                   .recalled = items,
                                                   .recalled_count = (uint64_t)count});
  return status == HF_OK ? bench->host.answer : "FAILED";
}

static void has(const char *text, const char *part, const char *what) {
  check(strstr(text, part) != NULL, "%s", what);
  if (!strstr(text, part)) printf("# %.600s\n# lacks %s\n", text, part);
}

static void lacks(const char *text, const char *part, const char *what) {
  check(strstr(text, part) == NULL, "%s", what);
  if (strstr(text, part)) printf("# %.600s\n# has %s\n", text, part);
}

static void facts(bench_t *bench) {
  const char *told = answer(bench, "my cat is called Miso", NULL, 0);
  has(told, "Noted.", "a statement is noted");
  has(told, "not a language model", "the first answer says what it is");
  has(answer(bench, "hello!", NULL, 0), "Hello.", "a greeting is answered");

  hf_recall_item_t items[] = {
      memory("user: my dog is called Rex\nassistant: Noted.", 1764547200000),
      memory("user: what is my cat called?\nassistant: I found nothing about that.", 1764633600000),
      memory("user: my cat is called Miso\nassistant: Noted.", 1764720000000),
      memory("The cats of Rome sleep in ruins.", 0),
  };
  const char *found = answer(bench, "what is my cat called?", items, 4);
  has(found, "You told me on 2025-12-03: \u201cmy cat is called Miso\u201d", "a fact is found");
  lacks(found, "Rex", "what shares only weak words is not told");
  lacks(found, "what is my cat", "an earlier question is no answer");
  has(answer(bench, "Do my CATS have a name", items, 4), "Miso", "case and number do not matter");
  has(answer(bench, "Where do cats sleep in Rome?", items, 4), "ruins", "plain memories count");

  const char *nothing = answer(bench, "what is the capital of Peru?", items, 4);
  has(nothing, "I found nothing", "nothing found is said");
  has(nothing, "not a language model", "and what it is, with it");
}

static void ranking(bench_t *bench) {
  hf_recall_item_t items[] = {
      memory("user: my sister lives in Oslo", 1000000000000),
      memory("user: my sister lives in Bergen now", 1100000000000),
      memory("user: my sister lives in Bergen now", 1200000000000),
  };
  const char *found = answer(bench, "where does my sister live?", items, 3);
  const char *newer = strstr(found, "Bergen"), *older = strstr(found, "Oslo");
  check(newer && older && newer < older, "of equals the newer comes first");
  check(newer && !strstr(newer + 1, "Bergen"), "the same text is told once");

  hf_recall_item_t names[] = {memory("user: my cat is called Miso", 2000000),
                              memory("user: My name is Anna", 1000000)};
  found = answer(bench, "what is my name?", names, 2);
  has(found, "Anna", "a name is found by the word alone");
  lacks(found, "Miso", "and not mistaken for another's");

  hf_recall_item_t answered = memory("user: and the garden?\nassistant: Roses need pruning.", 0);
  found = answer(bench, "what do roses need?", &answered, 1);
  has(found, "I answered: \u201cRoses need pruning.\u201d", "an answer is told as an answer");
}

static void languages(bench_t *bench) {
  hf_recall_item_t items[] = {
      memory("user: МОЯ КОШКА спит на окне", 0), memory("user: Meine Tür ist ÖFFENTLICH", 0),
      memory("user: Η ΓΑΤΑ κοιμάται", 0),        memory("user: 我的猫叫米索", 0),
  };
  has(answer(bench, "где кошка?", items, 4), "окне", "Cyrillic letters have a lower case");
  has(answer(bench, "öffentlich?", items, 4), "Tür", "so have accented ones");
  has(answer(bench, "γατα?", items, 4), "κοιμάται", "so have Greek ones");
  has(answer(bench, "猫叫什么？", items, 4), "米索", "Chinese needs no blanks");
  hf_recall_item_t broken = memory("user: cat \xff\xfe\xe2\x80", 0);
  broken.text.len -= 1;
  check(strcmp(answer(bench, "cat?", &broken, 1), "FAILED") != 0, "broken UTF-8 does no harm");
}

static void conversation(bench_t *bench) {
  hf_message_t messages[] = {
      message(HF_ROLE_USER, "the key lies under the blue pot"),
      message(HF_ROLE_ASSISTANT, "Noted."), message(HF_ROLE_USER, "where is the key?")};
  hf_model_request_t request = {.purpose = HF_MODEL_ANSWER, .messages = messages,
                                .message_count = 3};
  check(ask(bench, request) == HF_OK, "a conversation is answered");
  has(bench->host.answer, "blue pot", "from its own history");
  lacks(bench->host.answer, "language model", "without the introduction again");

  request.max_chars = 20;
  ask(bench, request);
  check(bench->host.answer_length == 20 || bench->host.answer_length == 22,
        "no longer than was asked for");
  request.message_count = 0;
  check(ask(bench, request) == HF_E_REFUSED && bench->host.explained[0], "no message is refused");
  request.message_count = 3;
  request.purpose = 99;
  check(ask(bench, request) == HF_E_UNSUPPORTED, "an unknown purpose is unsupported");
  request.purpose = HF_MODEL_ANSWER;
  bench->host.piece_status = HF_E_STALE;
  check(ask(bench, request) == HF_E_CANCELLED, "an answer that nobody wants ends");
  bench->host.piece_status = HF_E_TOO_LARGE;
  check(ask(bench, request) == HF_E_FAILED && bench->host.explained[0], "one too large fails");
  bench->host.piece_status = HF_OK;
}

static void large_inputs(bench_t *bench) {
  enum { SIZE = 8 << 20 };
  char *text = malloc(SIZE + 1);
  if (!text) abort();
  const char *words = "Пёс ran over the hill. ";
  for (size_t i = 0, n = strlen(words); i < SIZE; i++) text[i] = words[i % n];
  text[SIZE] = 0;
  hf_recall_item_t items[] = {memory(text, 0), memory("user: my cat is called Miso", 0)};
  has(answer(bench, "what is my cat called?", items, 2), "Miso", "8 MiB of memories are read");
  answer(bench, text, items, 2);
  check(bench->host.answer_length > 0, "8 MiB of question are answered");

  for (size_t i = 0; i < 600; i += 3) memcpy(text + i, "\u732b", 3);
  text[600] = 0;
  answer(bench, "\u732b?", items, 1);
  check(bench->host.split_pieces == 0, "pieces begin with whole characters");
  has(bench->host.answer, "\u2026\u201d", "a long quote is cut between characters");
  free(text);
}

static void summaries(bench_t *bench) {
  hf_message_t messages[] = {
      message(HF_ROLE_USER, "Hello"), message(HF_ROLE_ASSISTANT, "Hello."),
      message(HF_ROLE_USER, "Our train to Lisbon leaves Friday morning from platform seven"),
      message(HF_ROLE_ASSISTANT, "Noted. Lisbon is pretty."),
      message(HF_ROLE_USER, "I like tea")};
  hf_model_request_t request = {.purpose = HF_MODEL_SUMMARISE, .messages = messages,
                                .message_count = 5};
  check(ask(bench, request) == HF_OK, "a conversation is summarised");
  const char *train = "- Our train to Lisbon leaves Friday morning from platform seven\n- I like";
  has(bench->host.answer, train, "by what the person said, in its order");
  lacks(bench->host.answer, "pretty", "and not by the answers");
  request.max_chars = 70;
  ask(bench, request);
  has(bench->host.answer, "Lisbon", "within little room what says most stays");
  check(bench->host.answer_length <= 70, "and the room is kept to");
  request.max_chars = 5;
  check(ask(bench, request) == HF_OK && bench->host.answer_length <= 5, "no room is no failure");
}

void check_recall_model(const char *folder, const char *plugins) {
  static bench_t bench;
  char path[512];
  test_host_start(&bench.host);
  snprintf(path, sizeof path, "%s/recall-model.so", plugins);
  const hf_plugin_t *plugin = load(path, &bench.host);
  settings_t settings = {"recall", folder, NULL, NULL, HF_MODEL_ID};
  bench.instance = open_instance(plugin, &bench.host, settings);
  bench.model = bench.instance.extension;
  check(bench.model && !plugin->query(bench.instance.self, str(HF_CHANNEL_ID)),
        "it is a model and nothing else");
  facts(&bench);
  ranking(&bench);
  languages(&bench);
  conversation(&bench);
  large_inputs(&bench);
  summaries(&bench);
  close_instance(&bench.instance);
}
