// The choice of an instruction set: from cpuid once at load, overruled by GRADC_ISA or gradc_isa_select.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gradc_runtime.h"
#include "symbols.h"

struct isa {
  const char *name;
  const void *const *table;
  const struct gradc_vector_isa *vectors;
};

/// From the plainest to the best.
static const struct isa isas[] = {
    {"baseline", gradc_table_baseline, &gradc_vector_isa_baseline},
#if defined(__x86_64__)
    {"avx2", gradc_table_avx2, &gradc_vector_isa_avx2},
    {"avx512", gradc_table_avx512, &gradc_vector_isa_avx512},
#endif
};

#define ISA_COUNT ((int)(sizeof isas / sizeof isas[0]))

static _Atomic(const struct isa *) selected = &isas[0];

/// The index of the best instruction set this CPU and system run.
static int best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2")) return 0;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl") ||
      !__builtin_cpu_supports("avx512cd")) {
    return 1;
  }
  return 2;
#else
  return 0;
#endif
}

/// The index of this name, or -1.
static int find(const char *name) {
  for (int k = 0; k < ISA_COUNT; k++) {
    if (strcmp(isas[k].name, name) == 0) return k;
  }
  return -1;
}

__attribute__((constructor)) static void select_at_load(void) {
  int k = best();
  const char *wanted = getenv("GRADC_ISA");
  int named = wanted ? find(wanted) : -1;
  if (named >= 0 && named < k) k = named;
  atomic_store(&selected, &isas[k]);
}

const char *gradc_isa_name(void) { return atomic_load(&selected)->name; }

int gradc_isa_select(const char *name) {
  int k = name ? find(name) : -1;
  if (k < 0 || k > best()) return 1;
  atomic_store(&selected, &isas[k]);
  return 0;
}

const void *const *gradc_selected_table(void) { return atomic_load(&selected)->table; }

const void *const *gradc_table_of(const char *isa) {
  int k = isa ? find(isa) : -1;
  return k < 0 || k > best() ? NULL : isas[k].table;
}

size_t gradc_vector_byte_count(void) { return atomic_load(&selected)->vectors->byte_count; }

int gradc_vector_has_fma(void) { return atomic_load(&selected)->vectors->has_fma; }

const void *gradc_vector_function(const char *name) {
  if (!name) return NULL;
  for (const struct gradc_vector_function *f = atomic_load(&selected)->vectors->functions; f->name; f++) {
    if (strcmp(f->name, name) == 0) return f->address;
  }
  return NULL;
}
