// Compares the functions of one floating operand on many bit patterns: scalar against tile, AVX2 against AVX-512.
//
//   bits [stride]     every stride-th f32 pattern; as many f64 patterns at random. Default 997, that is 4 million.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gradc_runtime.h"

enum { block = 4096 };

static uint64_t state = 1;
static uint64_t random_bits(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

#define CHECK(t, c, bits)                                                                                            \
  /* The number of patterns on which results differ. */                                                              \
  static long check_##t(const char *op, uint64_t stride) {                                                           \
    typedef void (*tile)(c *, const c *, int64_t);                                                                   \
    typedef c (*one)(c);                                                                                             \
    static c x[block], y[block], z[block];                                                                           \
    static const char *const isas[] = {"avx512", "avx2", "baseline"};                                                \
    char name[64];                                                                                                   \
    long count = 0;                                                                                                  \
    uint64_t pattern = 0;                                                                                            \
    for (uint64_t done = 0; done < 0x100000000 / stride; done += block) {                                            \
      for (int i = 0; i < block; i++, pattern += stride) {                                                           \
        bits b = sizeof(c) == 4 ? (bits)pattern : (bits)random_bits();                                               \
        memcpy(&x[i], &b, sizeof b);                                                                                 \
      }                                                                                                              \
      int have = 0;                                                                                                  \
      for (int k = 0; k < 3; k++) {                                                                                  \
        snprintf(name, sizeof name, "tile_%s_" #t, op);                                                              \
        tile f = (tile)(uintptr_t)gradc_isa_symbol(isas[k], name);                                                   \
        snprintf(name, sizeof name, "scalar_%s_" #t, op);                                                            \
        one g = (one)(uintptr_t)gradc_isa_symbol(isas[k], name);                                                     \
        if (!f || !g) continue;                                                                                      \
        f(z, x, block);                                                                                              \
        for (int i = 0; i < block; i++) {                                                                            \
          c s = g(x[i]);                                                                                             \
          int differs = memcmp(&s, &z[i], sizeof s) && !(s != s && z[i] != z[i]);                                    \
          if (have && k == 1) differs |= memcmp(&y[i], &z[i], sizeof s) && !(y[i] != y[i] && z[i] != z[i]);          \
          if (differs && count++ < 3) {                                                                              \
            printf("%s_" #t " %s of %a: tile %a, scalar %a, avx512 %a\n", op, isas[k], (double)x[i], (double)z[i],   \
                   (double)s, (double)y[i]);                                                                         \
          }                                                                                                          \
        }                                                                                                            \
        if (k == 0) memcpy(y, z, sizeof y);                                                                          \
        have |= k == 0;                                                                                              \
      }                                                                                                              \
    }                                                                                                                \
    return count;                                                                                                    \
  }
CHECK(f32, float, uint32_t)
CHECK(f64, double, uint64_t)

int main(int argc, char **argv) {
  uint64_t stride = argc > 1 ? strtoull(argv[1], NULL, 10) : 997;
  long total = 0;
  if (stride == 0) return 2;
  for (size_t s = 0; s < gradc_symbol_count(); s++) {
    const char *name = gradc_symbol_name(s);
    size_t length = strlen(name);
    if (strncmp(name, "scalar_", 7) != 0 || strstr(name, "cast") || length < 11) continue;
    char op[32];
    snprintf(op, sizeof op, "%.*s", (int)(length - 11), name + 7);
    if (!strstr(gradc_symbol_prototype(s), " a)") || strstr(gradc_symbol_prototype(s), ",")) continue;
    if (strcmp(name + length - 4, "_f32") == 0) total += check_f32(op, stride);
    if (strcmp(name + length - 4, "_f64") == 0) total += check_f64(op, stride);
  }
  printf("%ld differences\n", total);
  return total != 0;
}
