// What the machine can do, as JSON: products of matrices through OpenBLAS, multiply-adds, memory. One
// argument: threads.
#define _GNU_SOURCE
#include <cblas.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

extern char *openblas_get_corename(void);
extern void openblas_set_num_threads(int);

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

enum { SIZE = 1024, CHAINS = 192, ROUNDS = 200000 };
static const long STREAM = 16l << 20;

static double product_rate(int is_double) {
  long count = (long)SIZE * SIZE;
  void *a = aligned_alloc(64, count * 8), *b = aligned_alloc(64, count * 8),
       *c = aligned_alloc(64, count * 8);
  for (long i = 0; i < count; i++) {
    if (is_double)
      ((double *)a)[i] = ((double *)b)[i] = i % 7 * 0.1;
    else
      ((float *)a)[i] = ((float *)b)[i] = i % 7 * 0.1f;
  }
  double best = 1e9;
  for (int repetition = 0; repetition < 20; repetition++) {
    double start = now();
    if (is_double)
      cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIZE, SIZE, SIZE, 1, a, SIZE, b, SIZE, 0, c,
                  SIZE);
    else
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIZE, SIZE, SIZE, 1, a, SIZE, b, SIZE, 0, c,
                  SIZE);
    double seconds = now() - start;
    best = seconds < best ? seconds : best;
  }
  free(a);
  free(b);
  free(c);
  return 2.0 * SIZE * SIZE * SIZE / best;
}

#define MULTIPLY_ADDS(type)                                                                                  \
  static double type##_rate(void) {                                                                          \
    type v[CHAINS];                                                                                          \
    for (int i = 0; i < CHAINS; i++)                                                                         \
      v[i] = 1 + i * 1e-3f;                                                                                  \
    double best = 1e9;                                                                                       \
    for (int repetition = 0; repetition < 9; repetition++) {                                                 \
      double start = now();                                                                                  \
      for (long round = 0; round < ROUNDS; round++)                                                          \
        for (int i = 0; i < CHAINS; i++)                                                                     \
          v[i] = v[i] * (type)0.999 + (type)1e-3;                                                            \
      double seconds = now() - start;                                                                        \
      best = seconds < best ? seconds : best;                                                                \
    }                                                                                                        \
    volatile type sum = 0;                                                                                   \
    for (int i = 0; i < CHAINS; i++)                                                                         \
      sum += v[i];                                                                                           \
    return 2.0 * CHAINS * ROUNDS / best;                                                                     \
  }
MULTIPLY_ADDS(float)
MULTIPLY_ADDS(double)

struct part {
  double *a, *b, *c;
  pthread_barrier_t *barrier;
  double triad, read;
};

// The best of some runs that all threads start together.
static void *stream(void *argument) {
  struct part *part = argument;
  double *restrict a = part->a, *restrict b = part->b, *restrict c = part->c;
  for (long i = 0; i < STREAM; i++)
    a[i] = b[i] = c[i] = i & 3;
  part->triad = part->read = 1e9;
  for (int repetition = 0; repetition < 9; repetition++) {
    pthread_barrier_wait(part->barrier);
    double start = now();
    for (long i = 0; i < STREAM; i++)
      a[i] = b[i] + 3 * c[i];
    pthread_barrier_wait(part->barrier);
    double middle = now(), sum = 0;
    for (long i = 0; i < STREAM; i++)
      sum += b[i];
    volatile double keep = sum;
    (void)keep;
    pthread_barrier_wait(part->barrier);
    double end = now();
    part->triad = middle - start < part->triad ? middle - start : part->triad;
    part->read = end - middle < part->read ? end - middle : part->read;
  }
  return 0;
}

int main(int count, char **arguments) {
  int threads = count > 1 ? atoi(arguments[1]) : 1;
  if (threads < 1 || threads > 256)
    return 1;
  openblas_set_num_threads(threads);
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, 0, threads);
  pthread_t ids[256];
  struct part parts[256];
  for (int i = 0; i < threads; i++) {
    parts[i] = (struct part){.barrier = &barrier};
    parts[i].a = aligned_alloc(64, STREAM * 8);
    parts[i].b = aligned_alloc(64, STREAM * 8);
    parts[i].c = aligned_alloc(64, STREAM * 8);
    pthread_create(&ids[i], 0, stream, &parts[i]);
  }
  double triad = 0, read = 0;
  for (int i = 0; i < threads; i++) {
    pthread_join(ids[i], 0);
    triad = parts[i].triad > triad ? parts[i].triad : triad;
    read = parts[i].read > read ? parts[i].read : read;
  }
  printf("{\"threads\": %d, \"blas\": \"OpenBLAS %s\", \"sgemm\": %.4g, \"dgemm\": %.4g, "
         "\"fmaF32OneThread\": %.4g, "
         "\"fmaF64OneThread\": %.4g, \"triadBytes\": %.4g, \"readBytes\": %.4g}\n",
         threads, openblas_get_corename(), product_rate(0), product_rate(1), float_rate(), double_rate(),
         24.0 * STREAM * threads / triad, 8.0 * STREAM * threads / read);
  return 0;
}
