/* What a crash left half written is taken out of a page again, and no batch is stored twice. Every
 * call answers 0, or an errno. */
#ifndef FILE_MEMORY_MEND_H
#define FILE_MEMORY_MEND_H

#include "folder.h"

/* The first line of every file of keys, written down before the page's first batch. So a page with
 * a batch and no key at all has lost its keys. */
#define KEYS_BEGIN "begun"

/* Writes a batch's key down. */
int log_key(const folder_t *folder, const char *name, hf_str_t key);

/* Mends the page. A last batch whose key is not written down was acknowledged to nobody: the host
 * sends it again. If it is whole it counts, once the page is surely on the disk; if not, it is
 * taken out, as it is if `is_doubtful` says that it could not be synced. A page that has lost its
 * keys tells of them itself, and nothing is taken out. */
int mend(const folder_t *folder, const char *name, int is_doubtful);

#endif
