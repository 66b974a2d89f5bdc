/* A disk that fails: the harness has its own write, fsync and ftruncate, which plugins are bound to
 * before those of the C library. */
#ifndef HARNESS_FAULTS_H
#define HARNESS_FAULTS_H

typedef struct faults {
  long bytes_left;     /* that files still take until the disk is full; -1: any number */
  int is_deadly;       /* the process is killed then, as by `kill -9`, instead of either failure */
  int syncs_left;      /* that succeed, the others are input/output errors; -1: all */
  int is_truncate_bad; /* nothing can be taken back either */
} faults_t;

extern faults_t faults;

void no_faults(void);

#endif
