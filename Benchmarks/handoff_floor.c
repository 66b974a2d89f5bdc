/* What handing one word to another thread costs in plain C: the floor for events of the bus.
 * A thread stamps the time, wakes another, and that one looks how long ago that was; some hundred
 * microseconds lie between two hand-offs, so that the other thread is asleep each time.
 *
 *   handoff_floor [count]
 *
 * Prints `name value unit` lines: percentiles for a condition variable and for a bare futex. */
#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_US = 100 };

static uint64_t *samples;
static long count = 20000;
static uint64_t stamp;
static uint32_t handed, taken;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void *take_by_condition(void *unused) {
  (void)unused;
  for (long sample = 0; sample < count; sample++) {
    pthread_mutex_lock(&mutex);
    while (handed == (uint32_t)sample) pthread_cond_wait(&condition, &mutex);
    samples[sample] = now_ns() - stamp;
    taken = (uint32_t)sample + 1;
    pthread_mutex_unlock(&mutex);
  }
  return NULL;
}

static void hand_by_condition(uint32_t number) {
  pthread_mutex_lock(&mutex);
  stamp = now_ns();
  handed = number;
  pthread_cond_signal(&condition);
  pthread_mutex_unlock(&mutex);
}

static void *take_by_futex(void *unused) {
  (void)unused;
  for (long sample = 0; sample < count; sample++) {
    while (__atomic_load_n(&handed, __ATOMIC_SEQ_CST) == (uint32_t)sample) {
      syscall(SYS_futex, &handed, FUTEX_WAIT_PRIVATE, (uint32_t)sample, 0, 0, 0);
    }
    samples[sample] = now_ns() - stamp;
    __atomic_store_n(&taken, (uint32_t)sample + 1, __ATOMIC_SEQ_CST);
  }
  return NULL;
}

static void hand_by_futex(uint32_t number) {
  stamp = now_ns();
  __atomic_store_n(&handed, number, __ATOMIC_SEQ_CST);
  syscall(SYS_futex, &handed, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}

static int compare(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

static void measure(const char *name, void *(*take)(void *), void (*hand)(uint32_t)) {
  pthread_t thread;
  handed = taken = 0;
  if (pthread_create(&thread, NULL, take, NULL) != 0) exit(1);
  for (long sample = 0; sample < count; sample++) {
    usleep(PAUSE_US);
    hand((uint32_t)sample + 1);
    while (__atomic_load_n(&taken, __ATOMIC_SEQ_CST) != (uint32_t)sample + 1) usleep(PAUSE_US);
  }
  pthread_join(thread, NULL);
  qsort(samples, (size_t)count, sizeof *samples, compare);
  static const struct {
    const char *name;
    long thousandth;
  } marks[] = {{"p50", 500}, {"p90", 900}, {"p99", 990}, {"p999", 999}};
  for (size_t mark = 0; mark < sizeof marks / sizeof *marks; mark++) {
    uint64_t value = samples[count * marks[mark].thousandth / 1000];
    printf("handoff_%s_%s %llu ns\n", name, marks[mark].name, (unsigned long long)value);
  }
}

int main(int argument_count, char **arguments) {
  if (argument_count > 1) count = atol(arguments[1]);
  if (count < 1) return 2;
  samples = calloc((size_t)count, sizeof *samples);
  if (!samples) return 1;
  measure("condition", take_by_condition, hand_by_condition);
  measure("futex", take_by_futex, hand_by_futex);
  free(samples);
  return 0;
}
