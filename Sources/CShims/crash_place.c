#include "crash_place.h"
#include "crash.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RANGES = 256, STACK_BYTES = 256 * 1024, TEXT = 4096 + 128 };

struct place_library {
  const place_library_t *next;
  const char *instance;
  size_t length;
  char folder[];
};

/* Grows in front and never shrinks. */
static _Atomic(const place_library_t *) libraries;

static int is_same(const place_library_t *library, const char *folder, size_t length) {
  return library->length == length && memcmp(library->folder, folder, length) == 0;
}

void cshims_crash_library(const char *folder, const char *instance) {
  size_t length = strlen(folder);
  const place_library_t *first = atomic_load(&libraries);
  for (const place_library_t *other = first; other; other = other->next)
    if (is_same(other, folder, length) && strcmp(other->instance, instance) == 0) return;
  place_library_t *library = malloc(sizeof *library + length + 1);
  char *name = strdup(instance);
  if (!library || !name) {
    free(library);
    free(name);
    return;
  }
  library->instance = name;
  library->length = length;
  memcpy(library->folder, folder, length + 1);
  library->next = first;
  while (!atomic_compare_exchange_weak(&libraries, &library->next, library)) continue;
}

const char *place_instance(const place_library_t *library, const place_library_t **next) {
  const place_library_t *other = *next ? (*next)->next : atomic_load(&libraries);
  while (other && !is_same(other, library->folder, library->length)) other = other->next;
  *next = other;
  return other ? other->instance : NULL;
}

static const place_library_t *library_of(const char *file) {
  for (const place_library_t *each = atomic_load(&libraries); each; each = each->next)
    if (strncmp(file, each->folder, each->length) == 0 && file[each->length] == '/') return each;
  return NULL;
}

/* A line of /proc/self/maps. */
typedef struct mapping {
  uintptr_t begin, end, offset, inode;
  int is_code;
  const char *file;
} mapping_t;

static uintptr_t number(const char **text, unsigned base) {
  uintptr_t value = 0;
  for (;; (*text)++) {
    unsigned digit = (unsigned char)**text;
    digit = digit - '0' < 10 ? digit - '0' : digit - 'a' < 6 ? digit - 'a' + 10 : 99;
    if (digit >= base) return value;
    value = value * base + digit;
  }
}

static void skip_word(const char **text) {
  while (**text && **text != ' ') (*text)++;
  while (**text == ' ') (*text)++;
}

static mapping_t parse(const char *text) {
  mapping_t found = {0};
  found.begin = number(&text, 16);
  if (*text == '-') text++;
  found.end = number(&text, 16);
  skip_word(&text);
  found.is_code = strnlen(text, 4) == 4 && text[2] == 'x';
  skip_word(&text);
  found.offset = number(&text, 16);
  skip_word(&text);
  skip_word(&text); /* the device */
  found.inode = number(&text, 10);
  while (*text == ' ') text++;
  found.file = text;
  return found;
}

typedef struct search {
  uintptr_t counter, stack, stack_end;
  /* Where the file that was seen last begins. */
  uintptr_t base, base_inode;
  size_t count;
  struct {
    uintptr_t begin, end;
    const place_library_t *library;
  } ranges[RANGES];
} search_t;

static void look(const mapping_t *mapping, search_t *search, place_t *place) {
  if (mapping->offset == 0) {
    search->base = mapping->begin;
    search->base_inode = mapping->inode;
  }
  if (mapping->begin <= search->stack && search->stack < mapping->end)
    search->stack_end = mapping->end;
  const place_library_t *library = mapping->is_code ? library_of(mapping->file) : NULL;
  if (library && search->count < RANGES) {
    search->ranges[search->count].begin = mapping->begin;
    search->ranges[search->count].end = mapping->end;
    search->ranges[search->count++].library = library;
  }
  if (search->counter < mapping->begin || search->counter >= mapping->end) return;
  strncpy(place->file, mapping->file, sizeof place->file - 1);
  int is_known = mapping->inode == search->base_inode;
  place->offset = is_known ? search->counter - search->base
                           : search->counter - mapping->begin + mapping->offset;
  place->library = library;
}

static void read_mappings(search_t *search, place_t *place) {
  char bytes[1024], line[TEXT];
  size_t length = 0;
  int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  for (ssize_t count; (count = read(file, bytes, sizeof bytes)) > 0;) {
    for (ssize_t i = 0; i < count; i++) {
      if (bytes[i] != '\n') {
        if (length < sizeof line - 1) line[length++] = bytes[i];
        continue;
      }
      line[length] = 0;
      length = 0;
      mapping_t mapping = parse(line);
      look(&mapping, search, place);
    }
  }
  close(file);
}

/* A word on the stack may be what is left of an earlier call; the nearest one is the likeliest. */
static const place_library_t *caller(const search_t *search) {
  const uintptr_t *word = (const uintptr_t *)(search->stack & ~(sizeof(uintptr_t) - 1));
  size_t count = (search->stack_end - (uintptr_t)word) / sizeof *word;
  if (count > STACK_BYTES / sizeof *word) count = STACK_BYTES / sizeof *word;
  for (size_t i = 0; i < count; i++)
    for (size_t range = 0; range < search->count; range++)
      if (word[i] >= search->ranges[range].begin && word[i] < search->ranges[range].end)
        return search->ranges[range].library;
  return NULL;
}

void place_find(uintptr_t counter, uintptr_t stack, place_t *place) {
  search_t search;
  memset(place, 0, sizeof *place);
  memset(&search, 0, sizeof search);
  search.counter = counter;
  search.stack = stack;
  read_mappings(&search, place);
  if (!place->library && search.stack_end) place->library = caller(&search);
}
