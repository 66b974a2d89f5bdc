/* The pages of all scopes as they are written: each batch once, and what was half written when the
 * host ended taken out again. */
#ifndef FILE_MEMORY_PAGES_H
#define FILE_MEMORY_PAGES_H

#include <holdfast/ext/memory.h>

#include "folder.h"
#include "keys.h"

enum { PAGES_KEPT = 64 };

/* What is known of one page that was written to. */
typedef struct known_page {
  char name[NAME_SIZE];
  keys_t keys;
  uint64_t used;  /* when, counted in calls; 0: an empty place */
  int is_doubtful; /* a failed write could not be undone */
} known_page_t;

typedef struct pages {
  folder_t folder;
  known_page_t known[PAGES_KEPT];
  uint64_t calls;
} pages_t;

/* Opens the folder and mends its pages; what ails a page is told when it is used. Every call
 * answers 0, or an errno; PAGES_FOREIGN if the page says that it is another scope's. */
enum { PAGES_FOREIGN = -1 };
int pages_open(pages_t *pages, const char *path);
void pages_close(pages_t *pages);

/* Stores the batch, on the disk and once; a batch whose key is known changes nothing. */
int pages_store(pages_t *pages, const hf_retain_t *batch);

/* Takes the turns out of the page of their scope. */
int pages_take_back(pages_t *pages, const hf_withdraw_t *request);

/* Whether the page that begins like this may be the scope's; `is_spelled` as page_name has it. */
int is_page_of(hf_str_t scope, int is_spelled, hf_str_t beginning);

#endif
