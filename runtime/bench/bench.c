// Times tile kernels in the first-level cache: ns per element, the median of paired runs.
//
//   bench [-t tile] [substring of a symbol]...
//
// Calls kernels as check.c does, through one signature.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gradc_runtime.h"

typedef double (*any_kernel)(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, double, double, double,
                             double);

enum { largest_tile = 65536, runs = 15 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void *operand(const char *type, double *floating) {
  void *p = gradc_aligned_alloc(largest_tile * 8 * 4);
  for (int i = 0; i < largest_tile; i++) {
    double x = 0.1 + (double)(i % 97) / 60;
    if (strstr(type, "float")) ((float *)p)[i] = (float)x;
    else if (strstr(type, "double")) ((double *)p)[i] = x;
    else if (strstr(type, "int32_t")) ((int32_t *)p)[i] = 1 + i % 97;
    else if (strstr(type, "int64_t")) ((int64_t *)p)[i] = 1 + i % 97;
    else ((uint8_t *)p)[i] = i % 3 == 0;
  }
  float f = 0.7f;
  double d = 0.7;
  if (strstr(type, "float")) memcpy(floating, &f, 4);
  if (strstr(type, "double")) memcpy(floating, &d, 8);
  return p;
}

static double time_of(any_kernel kernel, const char *prototype, int64_t n) {
  char text[512];
  snprintf(text, sizeof text, "%s", strchr(prototype, '(') + 1);
  int64_t words[7] = {0};
  double floats[4] = {0};
  void *memory[8];
  int used = 0, words_used = 0, floats_used = 0;
  for (char *rest = text, *part; (part = strtok_r(rest, ",)", &rest));) {
    double x = 0;
    memory[used] = operand(part, &x);
    if (strchr(part, '*')) words[words_used++] = (int64_t)(intptr_t)memory[used];
    else if (strstr(part, "float") || strstr(part, "double")) floats[floats_used++] = x;
    else words[words_used++] = strstr(part, " n") || strstr(part, "limit") ? n : 3;
    used++;
  }
  double times[runs];
  int64_t repeats = 1;
  for (int r = 0; r < runs;) {
    double t0 = now();
    for (int64_t k = 0; k < repeats; k++) {
      kernel(words[0], words[1], words[2], words[3], words[4], words[5], words[6], floats[0], floats[1], floats[2],
             floats[3]);
    }
    double t = now() - t0;
    if (t < 3e5) repeats *= 2;
    else times[r++] = t / (double)repeats / (double)n;
  }
  while (used > 0) gradc_aligned_free(memory[--used]);
  qsort(times, runs, sizeof times[0], ascending);
  return times[runs / 2];
}

int main(int argc, char **argv) {
  static const char *const isas[] = {"avx512", "avx2", "baseline"};
  int64_t n = 512;
  int first = 1;
  if (argc > 2 && strcmp(argv[1], "-t") == 0) {
    n = atoll(argv[2]);
    first = 3;
  }
  if (n < 1 || n > largest_tile) return 1;
  printf("%-36s %9s %9s %9s   ns per element, tiles of %lld\n", "", isas[0], isas[1], isas[2], (long long)n);
  for (size_t s = 0; s < gradc_symbol_count(); s++) {
    const char *name = gradc_symbol_name(s);
    if (strncmp(name, "tile_", 5) != 0) continue;
    int wanted = first >= argc;
    for (int k = first; k < argc; k++) wanted |= strstr(name, argv[k]) != NULL;
    if (!wanted) continue;
    printf("%-36s", name);
    for (int k = 0; k < 3; k++) {
      any_kernel kernel = (any_kernel)(uintptr_t)gradc_isa_symbol(isas[k], name);
      if (kernel) printf(" %9.4f", time_of(kernel, gradc_symbol_prototype(s), n));
      else printf(" %9s", "-");
    }
    printf("\n");
  }
  return 0;
}
