// c = alpha * op(a) * op(b) + beta * c, row-major; op transposes if its flag is nonzero. c is m x n.
#ifndef GRADC_BLAS_H
#define GRADC_BLAS_H

#include <stdint.h>

#define GEMM_PROTOTYPE(t, c)                                                                                    \
  void blas_gemm_##t(int32_t transA, int32_t transB, int64_t m, int64_t n, int64_t k, c alpha, const c *a,      \
                     int64_t lda, const c *b, int64_t ldb, c beta, c *out, int64_t ldc)

GEMM_PROTOTYPE(f32, float);
GEMM_PROTOTYPE(f64, double);
GEMM_PROTOTYPE(i32, int32_t);
GEMM_PROTOTYPE(i64, int64_t);

#endif
