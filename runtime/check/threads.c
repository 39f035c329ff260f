// The thread pool under load: many callers at once, calls inside calls, changing numbers of threads, forks. Built with the
// thread sanitizer it finds races, without it, forks are tried, too.
#include <fenv.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gradc_runtime.h"
#include "processors.h"

static int failures;

static void expect(int holds, const char *what) {
  if (holds) return;
  printf("failed: %s\n", what);
  __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
}

struct sum {
  int64_t count;
  int64_t chunk;
  /// By chunk.
  int64_t *sums;
  /// Calls inside calls.
  int depth;
};

static void add(void *context, int64_t first, int64_t last) {
  struct sum *sum = context;
  int64_t total = 0;
  for (int64_t k = first; k < last; k++) total += k;
  expect(first % sum->chunk == 0 && (last == sum->count || last - first == sum->chunk), "the range of a chunk");
  sum->sums[first / sum->chunk] += total;
  if (sum->depth > 0) {
    int64_t sums[10] = {0};
    struct sum inner = {.count = 95, .chunk = 10, .sums = sums, .depth = sum->depth - 1};
    gradc_parallel_for(add, &inner, inner.count, inner.chunk);
    expect(sums[0] == 45 && sums[9] == 92 * 5, "a call inside a call");
  }
}

static void run(int64_t count, int64_t chunk, int depth) {
  int64_t chunks = count / chunk + (count % chunk != 0);
  struct sum sum = {.count = count, .chunk = chunk, .sums = calloc((size_t)chunks + 1, sizeof(int64_t)), .depth = depth};
  gradc_parallel_for(add, &sum, count, chunk);
  int64_t total = 0;
  for (int64_t k = 0; k < chunks; k++) total += sum.sums[k];
  expect(total == count * (count - 1) / 2 || count <= 0, "every number comes once");
  free(sum.sums);
}

static void *call_often(void *rounds) {
  for (int k = 0; k < (int)(intptr_t)rounds; k++) {
    run(1 + k * 37 % 5000, 1 + k % 64, k % 3);
    if (k % 50 == 0) gradc_threads_set(1 + k / 50 % 7);
  }
  return NULL;
}

static void many_callers(int rounds) {
  pthread_t threads[8];
  for (int k = 0; k < 8; k++) pthread_create(&threads[k], NULL, call_often, (void *)(intptr_t)rounds);
  for (int k = 0; k < 8; k++) pthread_join(threads[k], NULL);
}

static void check_rounding(void *context, int64_t first, int64_t last) {
  for (int64_t k = first; k < last; k++) {
    volatile double one = 1, three = 3;
    ((double *)context)[k] = one / three;
    // Long enough for others to take part.
    for (volatile int j = 0; j < 20000; j++) {}
  }
}

/// Workers round as the caller does, whatever they did before.
static void rounding(void) {
  static double results[64];
  const int modes[] = {FE_UPWARD, FE_TONEAREST, FE_DOWNWARD};
  for (int mode = 0; mode < 3; mode++) {
    fesetround(modes[mode]);
    gradc_parallel_for(check_rounding, results, 64, 1);
    for (int k = 1; k < 64; k++) expect(results[k] == results[0], "workers round as the caller does");
    fesetround(FE_TONEAREST);
  }
}

/// The exit code of a child that shares work, and has a child that does, too.
static void forks(void) {
  for (int round = 0; round < 20; round++) {
    gradc_threads_set(4);
    run(100000, 100, 1);
    pid_t child = fork();
    if (child == 0) {
      alarm(20);
      for (int k = 0; k < 20; k++) run(100000, 100, 1);
      pid_t grandchild = fork();
      if (grandchild == 0) {
        alarm(20);
        run(100000, 100, 1);
        _exit(failures != 0);
      }
      int status = 1;
      waitpid(grandchild, &status, 0);
      _exit(failures != 0 || status != 0);
    }
    int status = 1;
    run(100000, 100, 0);
    waitpid(child, &status, 0);
    expect(status == 0, "a child after a fork");
  }
}

static void *fork_often(void *unused) {
  for (int round = 0; round < 30; round++) {
    pid_t child = fork();
    if (child == 0) {
      alarm(20);
      for (int k = 0; k < 5; k++) run(100000, 100, 1);
      _exit(failures != 0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    expect(status == 0, "a child forked while others share work");
  }
  return unused;
}

static void counts(void) {
  const struct {
    const char *text;
    int count;
  } cases[] = {{"1", 1},  {"7", 7},    {" 12 ", 12}, {"+3", 3},  {"99999999999999999999", 256}, {"300", 256}, {"0", 0},
               {"-1", 0}, {"", 0},     {"two", 0},   {"2x", 0},  {"1.5", 0},                    {"0x2", 0},   {"- 2", 0},
               {NULL, 0}, {"000", 0},  {"007", 7},   {"2 2", 0}};
  for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
    expect(gradc_parse_thread_count(cases[k].text, 256) == cases[k].count,
           cases[k].text ? cases[k].text : "no GRADC_THREADS");
  }
  expect(gradc_processor_count() >= 1, "processors");
  gradc_threads_set(1 << 30);
  expect(gradc_threads() == GRADC_GREATEST_THREADS, "the greatest number of threads");
  gradc_threads_set(3);
  expect(gradc_threads() == 3, "three threads");
  gradc_threads_set(0);
  expect(gradc_threads() == gradc_threads_default(), "0 is the default");
  gradc_threads_set(-1);
  expect(gradc_threads() == gradc_threads_default(), "-1 is the default");
}

static void nothing(void *context, int64_t first, int64_t last) { (void)context, (void)first, (void)last; }

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/// Times of one call that does nothing, in microseconds.
static void latency(void) {
  for (int threads = 1; threads <= 2; threads++) {
    gradc_threads_set(threads);
    for (int k = 0; k < 1000; k++) gradc_parallel_for(nothing, NULL, 4, 1);
    double start = seconds();
    for (int k = 0; k < 100000; k++) gradc_parallel_for(nothing, NULL, 4, 1);
    double hot = (seconds() - start) / 100000;
    double cold = 0;
    for (int k = 0; k < 300; k++) {
      usleep(1000);
      start = seconds();
      gradc_parallel_for(nothing, NULL, 4, 1);
      cold += (seconds() - start) / 300;
    }
    printf("%d threads: %.2f us a call, %.2f us after a pause\n", threads, hot * 1e6, cold * 1e6);
  }
}

int main(int argc, char **argv) {
  int isPlain = argc > 1 && strcmp(argv[1], "plain") == 0;
  counts();
  for (int threads = 1; threads < 6; threads++) {
    gradc_threads_set(threads);
    run(0, 5, 0);
    run(-3, 5, 0);
    for (int64_t count = 1; count < 40; count++) {
      for (int64_t chunk = 1; chunk < 12; chunk += 3) run(count, chunk, 0);
    }
    run(1000000, 1000, 0);
  }
  rounding();
  many_callers(isPlain ? 2000 : 300);
  gradc_threads_set(GRADC_GREATEST_THREADS);
  run(100000, 10, 1);
  gradc_threads_set(3);
  if (isPlain) {
    forks();
    pthread_t forker;
    pthread_create(&forker, NULL, fork_often, NULL);
    call_often((void *)(intptr_t)2000);
    pthread_join(forker, NULL);
    latency();
  }
  printf("%s\n", failures ? "the pool fails" : "the pool holds");
  return failures != 0;
}
