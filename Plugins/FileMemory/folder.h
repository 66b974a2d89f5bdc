/* The folder of pages: one file for each scope, and beside each, in a hidden folder, the keys of
 * what was stored in it. Every call answers 0, or an errno. */
#ifndef FILE_MEMORY_FOLDER_H
#define FILE_MEMORY_FOLDER_H

#include <holdfast/base.h>
#include <limits.h>
#include <sys/stat.h>

#include "buffer.h"

#define HIDDEN ".holdfast"

typedef struct folder {
  int pages, keys; /* descriptors of the folder and of the hidden one in it */
  char path[PATH_MAX];
} folder_t;

enum { NAME_SIZE = 256, FILE_NAME_SIZE = NAME_SIZE + 8 };

/* Makes what is missing, for nobody else's eyes. */
int folder_open(folder_t *folder, const char *path);
void folder_close(folder_t *folder);

/* The file name of a scope without its ending: percent-encoded, and so no other scope's. Of a scope
 * that is too long for a name the beginning, with a fingerprint of all of it; returns 0 for those,
 * whose page has to say itself which scope it is. */
int page_name(hf_str_t scope, char name[NAME_SIZE]);

/* The file of a page of that name, and the one of its keys in the hidden folder. */
void page_file(const char *name, char file[FILE_NAME_SIZE]);
void keys_file(const char *name, char file[FILE_NAME_SIZE]);

/* Adds a whole file; a missing one is empty. */
int read_file(int folder, const char *name, buffer_t *content, struct stat *status);

/* Adds a part of an open file, up to its end. */
int read_part(int file, off_t start, size_t length, buffer_t *content);

/* Regular files only: a pipe or a device would never end. -1 with errno. */
int open_file(int folder, const char *name, int flags, struct stat *status);

/* Adds bytes to the end of a file, on a line of their own and behind `head` if the file is new, and
 * syncs them. On a failure the file is as it was before; *is_restored is 0 if that failed too. */
int append(int folder, const char *name, const buffer_t *head, const buffer_t *bytes,
           int *is_restored);

/* Puts a file with this content in the place of `name`, in one step, unless the file there has
 * changed since `status`: then EAGAIN, and nothing is changed. */
int replace(int folder, const char *name, const buffer_t *content, const struct stat *status);

/* Whether the file is the same, unchanged. */
int is_same_file(const struct stat *one, const struct stat *other);

#endif
