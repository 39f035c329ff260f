// Runs every tile kernel of every instruction set on odd lengths, in buffers without slack, and compares the bits.
//
// Built with sanitizers by scripts/sanitize-runtime.sh; also a quick check on its own. A kernel is called through one
// signature: integer and floating arguments travel in registers of their own, in order, on x86-64 and AArch64.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gradc_runtime.h"

typedef void (*any_kernel)(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, double, double, double, double);

enum type { F32, F64, I32, I64, BOOL };
static const size_t sizes[] = {4, 8, 4, 8, 1};

struct parameter {
  char name[16];
  enum type type;
  int is_pointer;
};

static int failures;

static uint64_t state = 88172645463325252u;
static uint64_t random_bits(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state * 2685821657736338717u;
}

static double random_value(void) {
  static const double edges[] = {0.0,     -0.0,    1.0,      -1.0,     0.5,      -0.5,   2.5,   3.5,  1e-40,
                                 -1e-310, 5e-324,  1e-45,    1e30,     -1e300,   1e38,   4e38,  2e9,  -3e9,
                                 9.3e18,  -1e19,   1.0 / 0.0, -1.0 / 0.0, 0.0 / 0.0, 88.7, -103.9, 709.7, 1e5};
  uint64_t r = random_bits();
  if (r % 4 == 0) return edges[(r >> 8) % (sizeof edges / sizeof edges[0])];
  if (r % 4 == 1) {
    double x;
    memcpy(&x, &r, 8);
    return x;
  }
  return ((double)(int64_t)random_bits() / 0x1p63) * (r % 4 == 2 ? 10.0 : 1.5);
}

static void random_element(enum type type, void *p) {
  uint64_t r = random_bits();
  double x = random_value();
  float f = x > 3.5e38 || x < -3.5e38 ? (float)(1 / (x - x)) : (float)x;
  int32_t small = (int32_t)(r >> 40) % 7 - 3;
  int32_t i = r % 3 == 0 ? small : r % 3 == 1 ? (int32_t)(r >> 32) : (r & 8) ? INT32_MIN : INT32_MAX;
  int64_t l = r % 3 == 0 ? small : r % 3 == 1 ? (int64_t)random_bits() : (r & 8) ? INT64_MIN : INT64_MAX;
  uint8_t b = (r >> 20) & 1;
  if (type == F32 && r % 5 == 0) {
    uint32_t bits = (uint32_t)(r >> 32);
    memcpy(&f, &bits, 4);
  }
  switch (type) {
    case F32: memcpy(p, &f, 4); break;
    case F64: memcpy(p, &x, 8); break;
    case I32: memcpy(p, &i, 4); break;
    case I64: memcpy(p, &l, 8); break;
    case BOOL: memcpy(p, &b, 1); break;
  }
}

/// Equal bits, or both NaN.
static int same(enum type type, const void *p, const void *q) {
  if (type == F32) {
    float x, y;
    memcpy(&x, p, 4);
    memcpy(&y, q, 4);
    if (x != x && y != y) return 1;
  } else if (type == F64) {
    double x, y;
    memcpy(&x, p, 8);
    memcpy(&y, q, 8);
    if (x != x && y != y) return 1;
  }
  return memcmp(p, q, sizes[type]) == 0;
}

static int parse(const char *prototype, struct parameter *parameters) {
  char text[512];
  snprintf(text, sizeof text, "%s", strchr(prototype, '(') + 1);
  int count = 0;
  for (char *rest = text, *part; (part = strtok_r(rest, ",)", &rest));) {
    struct parameter *p = &parameters[count++];
    p->is_pointer = strchr(part, '*') != NULL;
    p->type = strstr(part, "float")     ? F32
              : strstr(part, "double")  ? F64
              : strstr(part, "int32_t") ? I32
              : strstr(part, "int64_t") ? I64
                                        : BOOL;
    char *name = part + strlen(part);
    while (name > part && name[-1] != ' ' && name[-1] != '*') name--;
    snprintf(p->name, sizeof p->name, "%s", name);
  }
  return count;
}

struct call {
  struct parameter parameters[8];
  int count;
  void *buffers[8];
  size_t bytes[8];
};

/// Calls the kernel with arguments that depend on `seed`, `n` and `stride` alone; the result is in buffers[0].
static void run(struct call *call, any_kernel kernel, uint64_t seed, int64_t n, int64_t stride, int alias) {
  int64_t words[7] = {0};
  double floats[4] = {0};
  int words_used = 0, floats_used = 0;
  state = seed;
  for (int k = 0; k < call->count; k++) {
    struct parameter *p = &call->parameters[k];
    call->buffers[k] = NULL;
    if (p->is_pointer) {
      int strided = strcmp(p->name, "base") == 0;
      int64_t reach = stride < 0 ? -stride : stride;
      int64_t length = strcmp(p->name, "acc") == 0 ? GRADC_LANES : strided ? (n > 0 ? (n - 1) * reach + 1 : 0) : n;
      if (strcmp(p->name, "index") == 0) length = n;
      call->bytes[k] = (size_t)length * sizes[p->type];
      char *buffer = malloc(call->bytes[k]);
      for (int64_t i = 0; i < length; i++) {
        char *element = buffer + i * (int64_t)sizes[p->type];
        random_element(p->type, element);
        if (strcmp(p->name, "index") == 0) {
          int64_t index = (int64_t)(random_bits() % (uint64_t)(n + 4)) - 2;
          memcpy(element, &index, sizes[p->type]);
        }
      }
      call->buffers[k] = buffer;
      int64_t shift = strided && stride < 0 ? (length - 1) * (int64_t)sizes[p->type] : 0;
      if (length == 0) shift = 0;
      words[words_used++] = (int64_t)(intptr_t)(buffer + shift);
    } else if (strcmp(p->name, "n") == 0 || strcmp(p->name, "limit") == 0 || strcmp(p->name, "count") == 0) {
      words[words_used++] = n;
    } else if (strcmp(p->name, "stride") == 0) {
      words[words_used++] = stride;
    } else if (p->type == F32 || p->type == F64) {
      random_element(p->type, &floats[floats_used++]);
    } else {
      random_element(p->type, &words[words_used]);
      if (p->type == I32) words[words_used] = (int32_t)words[words_used];
      words_used++;
    }
  }
  int aliased = 0;
  for (int k = call->count - 1; alias && k > 0; k--) {
    struct parameter *p = &call->parameters[k];
    if (!p->is_pointer || strcmp(p->name, "base") == 0 || p->type != call->parameters[0].type) continue;
    if (call->bytes[k] != call->bytes[0] || strcmp(call->parameters[0].name, "d") != 0) continue;
    aliased = k;
  }
  if (aliased) {
    // d takes the place of the aliased operand.
    int position = 0;
    for (int k = 0; k < aliased; k++) {
      struct parameter *p = &call->parameters[k];
      if (p->is_pointer || (p->type != F32 && p->type != F64)) position++;
    }
    if (call->bytes[0]) memcpy(call->buffers[0], call->buffers[aliased], call->bytes[0]);
    words[position] = words[0];
  }
  kernel(words[0], words[1], words[2], words[3], words[4], words[5], words[6], floats[0], floats[1], floats[2],
         floats[3]);
}

static void release(struct call *call) {
  for (int k = 0; k < call->count; k++) free(call->buffers[k]);
}

static void compare(const char *name, const char *isa, struct call *x, struct call *y, int64_t n, int alias) {
  enum type type = x->parameters[0].type;
  for (size_t i = 0; i < x->bytes[0] / sizes[type]; i++) {
    const char *p = (const char *)x->buffers[0] + i * sizes[type], *q = (const char *)y->buffers[0] + i * sizes[type];
    if (same(type, p, q)) continue;
    printf("%s %s n %lld alias %d: element %zu differs", name, isa, (long long)n, alias, i);
    if (type == F32) printf(": %a %a", *(const float *)p, *(const float *)q);
    if (type == F64) printf(": %a %a", *(const double *)p, *(const double *)q);
    printf("\n");
    failures++;
    return;
  }
}

/// Functions from SLEEF have other bits on a CPU without FMA.
static int depends_on_fma(const char *name) {
  static const char *const ops[] = {"cbrt", "exp",  "log",  "sin",   "cos",    "tan", "erf",
                                    "gamma", "pow", "hypot", "logistic"};
  for (size_t k = 0; k < sizeof ops / sizeof ops[0]; k++) {
    if (strstr(name, ops[k])) return 1;
  }
  return 0;
}

int main(void) {
  static const char *const isas[] = {"avx512", "avx2", "baseline"};
  static const int64_t lengths[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 127, 255, 256, 257, 515};
  static const int64_t strides[] = {1, 0, 2, 3, -1, -3};
  size_t checked = 0;
  for (size_t s = 0; s < gradc_symbol_count(); s++) {
    const char *name = gradc_symbol_name(s);
    if (strncmp(name, "tile_", 5) != 0) continue;
    struct call call = {0};
    call.count = parse(gradc_symbol_prototype(s), call.parameters);
    int strided = strstr(gradc_symbol_prototype(s), "stride") != NULL;
    for (size_t j = 0; j < sizeof lengths / sizeof lengths[0]; j++) {
      for (int variation = 0; variation < (strided ? 6 : 2); variation++) {
        int64_t n = lengths[j], stride = strided ? strides[variation] : 1;
        uint64_t seed = 1 + s * 1000 + j * 10;
        int alias = !strided && variation;
        struct call first = call;
        const char *first_isa = NULL;
        for (int k = 0; k < 3; k++) {
          any_kernel kernel = (any_kernel)(uintptr_t)gradc_isa_symbol(isas[k], name);
          if (!kernel) continue;
          struct call other = call;
          if (!first_isa) {
            first_isa = isas[k];
            run(&first, kernel, seed, n, stride, alias);
            continue;
          }
          run(&other, kernel, seed, n, stride, alias);
          if (k != 2 || !depends_on_fma(name)) compare(name, isas[k], &first, &other, n, alias);
          release(&other);
          checked++;
        }
        release(&first);
      }
    }
  }
  printf("%zu comparisons, %d failures\n", checked, failures);
  return failures != 0;
}
