/* Finds notes of a page by the words that they share with a question. */
#ifndef FILE_MEMORY_SEARCH_H
#define FILE_MEMORY_SEARCH_H

#include <holdfast/ext/memory.h>
#include <holdfast/host.h>

#include "folder.h"

/* Gives what is found with recall_item, best first. Answers 0, an errno, or PAGES_FOREIGN. */
int search(const folder_t *folder, const hf_host_t *host, const hf_host_memory_t *answers,
           const hf_recall_t *request);

#endif
