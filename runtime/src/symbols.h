// The tables behind gradc_symbol.
#ifndef GRADC_SYMBOLS_H
#define GRADC_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/// At least the number of kernels; unused entries are NULL.
#define GRADC_KERNEL_CAPACITY 2816

extern const void *const gradc_table_baseline[GRADC_KERNEL_CAPACITY];
#if defined(__x86_64__)
extern const void *const gradc_table_avx2[GRADC_KERNEL_CAPACITY];
extern const void *const gradc_table_avx512[GRADC_KERNEL_CAPACITY];
#endif

/// A function on vectors in registers: its op and dtype, "exp_f32", and its address. A list of them ends with NULL.
struct gradc_vector_function {
  const char *name;
  const void *address;
};

/// Bytes of a dense matrix from which on it is taken to come from memory rather than a cache.
#define GRADC_LARGE_MATRIX (192 << 10)

/// Vectors of one instruction set.
struct gradc_vector_isa {
  size_t byte_count;
  /// Whether functions are computed with fused multiply-adds.
  int has_fma;
  const struct gradc_vector_function *functions;
  /// `out[i step] += Σ_l a[i,l] x[l]`, and `out[j] += Σ_i a[i,j] x[i step]`, of m rows.
  void (*rows_dot_f32)(int64_t m, int64_t k, const float *a, int64_t lda, const float *x, float *out, int64_t step);
  void (*rows_sum_f32)(int64_t m, int64_t n, const float *a, int64_t lda, const float *x, int64_t step, float *out);
  void (*rows_dot_f64)(int64_t m, int64_t k, const double *a, int64_t lda, const double *x, double *out, int64_t step);
  void (*rows_sum_f64)(int64_t m, int64_t n, const double *a, int64_t lda, const double *x, int64_t step, double *out);
};

extern const struct gradc_vector_isa gradc_vector_isa_baseline;
#if defined(__x86_64__)
extern const struct gradc_vector_isa gradc_vector_isa_avx2;
extern const struct gradc_vector_isa gradc_vector_isa_avx512;
#endif

/// A function that is the same for every instruction set.
struct gradc_common_symbol {
  const char *name;
  const char *prototype;
  const void *address;
};

extern const struct gradc_common_symbol gradc_common_symbols[];
extern const size_t gradc_common_symbol_count;

/// The table of the selected instruction set; of a named one, or NULL if the CPU lacks it.
const void *const *gradc_selected_table(void);
const struct gradc_vector_isa *gradc_selected_vectors(void);
const void *const *gradc_table_of(const char *isa);

#endif
