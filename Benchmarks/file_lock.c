/* A lock that is the existence of a file, as agents' gateways have them: made with O_EXCL, with
   JSON about its owner in it, and removed again. What a session's write lock is measured against.

   file_lock COUNT FOLDER     COUNT times taken and given back, nobody in the way

   Prints the nanoseconds of each, one per line. */
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int take(const char *path, long number) {
  char text[160];
  int length = snprintf(text, sizeof text,
                        "{\"pid\":%d,\"createdAt\":\"2026-01-01T00:00:00.000Z\",\"token\":%ld}",
                        (int)getpid(), number);
  int file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return -1;
  int result = write(file, text, (size_t)length) == length ? 0 : -1;
  return close(file) < 0 ? -1 : result;
}

int main(int count, char **words) {
  long times = count > 1 ? atol(words[1]) : 1000;
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/session.jsonl.lock", count > 2 ? words[2] : ".");
  for (long turn = 0; turn < times; turn++) {
    uint64_t start = now();
    if (take(path, turn) < 0 || unlink(path) < 0) {
      perror(path);
      return 1;
    }
    printf("%llu\n", (unsigned long long)(now() - start));
  }
  return 0;
}
