/* Pages as a person has them: read, and edited from outside. */
#ifndef HARNESS_PAGE_BENCH_H
#define HARNESS_PAGE_BENCH_H

#include "memory_bench.h"

void page_path(const bench_t *bench, const char *name, char path[512]);

/* All of a page; empty if there is none. Valid until the next one is read. */
const char *read_page(const bench_t *bench, const char *name);
void write_page(const bench_t *bench, const char *name, const char *text);

/* As an editor saves: a new file in the old one's place. */
void edit_page(const bench_t *bench, const char *name, const char *what, const char *by);

/* How often the text has it. */
int times(const char *text, const char *what);

/* A command of the shell in the folder of pages. */
void run_on_pages(const bench_t *bench, const char *command);

/* Another instance, without any page. */
void empty_memory(bench_t *bench);

/* What is tried with disks that fail, and hosts that end in the middle. */
void check_file_faults(bench_t *bench);

#endif
