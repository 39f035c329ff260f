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

// Rows `first` to `last` of a product that is symmetric, as far as the diagonal, `strip` at a time, and the elements opposite: those of columns
// `first` to `last` above the diagonal. a, b and c are the whole matrices. If `adds`, it is added to c, which is symmetric then.
// Other rows are another call's, at the same time if need be.
#define SYMMETRIC_PROTOTYPE(t, c)                                                                              \
  void blas_symmetric_##t(int32_t transA, int32_t transB, int64_t first, int64_t last, int64_t k, const c *a,  \
                          int64_t lda, const c *b, int64_t ldb, c *out, int64_t ldc, int64_t strip,  \
                          int32_t adds)

SYMMETRIC_PROTOTYPE(f32, float);
SYMMETRIC_PROTOTYPE(f64, double);

#endif
