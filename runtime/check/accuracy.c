// The greatest errors, in ulp, of the functions of src/elementary.h on every instruction set, against long double.
//
//   accuracy [stride]     every stride-th f32 pattern, and as many f64 values. Default 97, that is 44 million.
// Fails above 1.1 ulp, or 1.6 where there is no fma, and where infinities, NaNs, zeros or their signs differ.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gradc_runtime.h"

enum { block = 4096 };

static uint64_t state = 1;
static double uniform(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (double)(state >> 11) * 0x1p-53;
}

struct function {
  const char *name;
  long double (*exact)(long double);
  double first, last;
};
static const struct function functions[] = {
    {"exp", expl, -760, 720}, {"log", logl, 0, 4}, {"tanh", tanhl, -21, 21}, {"erf", erfl, -7, 7},
    {"sin", sinl, -2000, 2000}, {"cos", cosl, -600000, 600000}};

/// Distances in units of the last of `digits` binary digits, or infinity where they are of another kind.
static double error(long double exact, double rounded, double result, int digits, int least) {
  if (isnan(rounded) || isnan(result)) return isnan(rounded) && isnan(result) ? 0 : INFINITY;
  if (isinf(rounded) || isinf(result)) return rounded == result ? 0 : INFINITY;
  if (exact == 0) return result == 0 && !signbit(result) == !signbit(rounded) ? 0 : INFINITY;
  int exponent;
  frexpl(exact, &exponent);
  if (exponent < least) exponent = least;
  return (double)(fabsl((long double)result - exact) / ldexpl(1, exponent - digits));
}

/// All of the range, then what lies around 0 and 1, then every magnitude.
static double sample(const struct function *f, long number) {
  double u = uniform();
  switch (number % 4) {
    case 0: return f->first + (f->last - f->first) * u;
    case 1: return (u < 0.5 ? -1 : 1) * 1.5 * uniform();
    case 2: return 0.5 + u;
    default: return (u < 0.5 ? -1 : 1) * exp((uniform() - 0.5) * 1400);
  }
}

#define CHECK(t, c, digits, least)                                                                                  \
  static int check_##t(const struct function *f, const char *isa, uint64_t stride) {                                \
    static c x[block], y[block];                                                                                    \
    char name[64];                                                                                                  \
    snprintf(name, sizeof name, "tile_%s_" #t, f->name);                                                            \
    void (*tile)(c *, const c *, int64_t) = (void (*)(c *, const c *, int64_t))(uintptr_t)gradc_isa_symbol(isa, name); \
    if (!tile) return 0;                                                                                            \
    double worst = 0, at = 0;                                                                                       \
    uint64_t pattern = 0;                                                                                           \
    for (uint64_t done = 0; done < 0x100000000 / stride; done += block) {                                           \
      for (int i = 0; i < block; i++, pattern += stride) {                                                          \
        uint32_t bits = (uint32_t)pattern;                                                                          \
        if (sizeof(c) == 4) memcpy(&x[i], &bits, 4);                                                                \
        else x[i] = (c)sample(f, i);                                                                                \
      }                                                                                                             \
      static const double edges[] = {0.0, -0.0, INFINITY, -INFINITY, NAN, 5e-324, -1e-310, 1e-45, 1, -1, 709.8, -745.2}; \
      if (done == 0) for (unsigned i = 0; i < sizeof edges / sizeof *edges; i++) x[i] = (c)edges[i];                \
      tile(y, x, block);                                                                                            \
      for (int i = 0; i < block; i++) {                                                                             \
        long double exact = f->exact(x[i]);                                                                         \
        double e = error(exact, (c)exact, y[i], digits, least);                                                     \
        if (e > worst) worst = e, at = x[i];                                                                        \
      }                                                                                                             \
    }                                                                                                               \
    printf("%-5s " #t " %-8s %.3f ulp at %a\n", f->name, isa, worst, at);                                           \
    return worst > (strcmp(isa, "baseline") ? 1.1 : 1.6);                                                           \
  }
CHECK(f32, float, 24, -125)
CHECK(f64, double, 53, -1021)

int main(int count, char **arguments) {
  static const char *const isas[] = {"avx512", "avx2", "baseline"};
  uint64_t stride = count > 1 ? strtoull(arguments[1], NULL, 10) : 97;
  int failures = 0;
  if (stride == 0) return 2;
  for (unsigned f = 0; f < sizeof functions / sizeof *functions; f++) {
    for (int isa = 0; isa < 3; isa++) {
      failures += check_f32(&functions[f], isas[isa], stride);
      failures += check_f64(&functions[f], isas[isa], stride);
    }
  }
  return failures > 0;
}
