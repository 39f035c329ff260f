// Matrix products: OpenBLAS on one thread for floating types, plain loops for integers.
#include "blas.h"

#include <cblas.h>

#include "symbols.h"

extern void openblas_set_num_threads(int) __attribute__((weak));

/// Parallelism is our own: results must not depend on the number of threads.
__attribute__((constructor)) static void use_one_thread(void) {
  if (openblas_set_num_threads) openblas_set_num_threads(1);
}

// With beta = 0 the old c is not read, so that NaN in it does not spread.
#define SCALE(t, c)                                                            \
  static void scale_##t(int64_t m, int64_t n, c beta, c *out, int64_t ldc) {   \
    /* A dense matrix is one row. */                                           \
    if (ldc == n) {                                                            \
      n *= m;                                                                  \
      m = 1;                                                                   \
    }                                                                          \
    for (int64_t i = 0; i < m; i++) {                                          \
      for (int64_t j = 0; j < n; j++) {                                        \
        c *p = out + i * ldc + j;                                              \
        *p = beta == 0 ? (c)0 : *p * beta;                                     \
      }                                                                        \
    }                                                                          \
  }

// CBLAS refuses leading dimensions below 1 even where they are unused.
#define LEADING(x) ((int)((x) > 0 ? (x) : 1))

// Rows of so many elements are multiplied with a vector by kernels of our own, see matrix_vector.h.
#define IS_ROW(n) ((n) >= 8 && (n) <= 1024)

// out += A x, or with `across` out += Aᵀ x, for a matrix of m rows of n elements; 0 if it is left to BLAS: with short
// registers the partial sums of a row of doubles take too many of them, which only pays for rows that come from memory.
#define MULTIPLY_ROWS(t, c)                                                                                        \
  static int multiply_rows_##t(int across, int64_t m, int64_t n, const c *a, int64_t lda, const c *x, int64_t x_step, \
                               c *out, int64_t out_step) {                                                         \
    if (!IS_ROW(n) || (across ? out_step : x_step) != 1) return 0;                                                 \
    const struct gradc_vector_isa *vectors = gradc_selected_vectors();                                             \
    int is_large = lda == n && m * n * (int64_t)sizeof(c) >= GRADC_LARGE_MATRIX;                                   \
    if (sizeof(c) > 4 && vectors->byte_count < 64 && !across && !is_large) return 0;                               \
    if (across) {                                                                                                  \
      vectors->rows_sum_##t(m, n, a, lda, x, x_step, out);                                                         \
    } else {                                                                                                       \
      vectors->rows_dot_##t(m, n, a, lda, x, out, out_step);                                                       \
    }                                                                                                              \
    return 1;                                                                                                      \
  }
MULTIPLY_ROWS(f32, float)
MULTIPLY_ROWS(f64, double)

// A product with a single row or column is a matrix times a vector, which gemv does 3 to 8 times faster. Its vectors:
// a single column op(b) of k elements steps by 1 if b holds it as a row, else by ldb; a single row op(a) likewise.
#define FLOAT_GEMM(t, c, letter)                                                                                      \
  SCALE(t, c)                                                                                                         \
  GEMM_PROTOTYPE(t, c) {                                                                                              \
    if (m <= 0 || n <= 0) return;                                                                                     \
    if (k <= 0) {                                                                                                     \
      scale_##t(m, n, beta, out, ldc);                                                                                \
    } else if (m > 1 && n > 1) {                                                                                      \
      cblas_##letter##gemm(CblasRowMajor, transA ? CblasTrans : CblasNoTrans, transB ? CblasTrans : CblasNoTrans,     \
                           (int)m, (int)n, (int)k, alpha, a, LEADING(lda), b, LEADING(ldb), beta, out, LEADING(ldc)); \
    } else {                                                                                                          \
      if (beta == 0) {                                                                                                \
        scale_##t(m, n, beta, out, ldc);                                                                              \
        beta = 1;                                                                                                     \
      }                                                                                                               \
      int64_t a_step = transA ? LEADING(lda) : 1, b_step = transB ? 1 : LEADING(ldb);                                 \
      int is_own = alpha == 1 && beta == 1;                                                                           \
      if (n == 1) {                                                                                                   \
        if (is_own && multiply_rows_##t(transA != 0, transA ? k : m, transA ? m : k, a, lda, b, b_step, out,          \
                                        LEADING(ldc))) {                                                              \
          return;                                                                                                     \
        }                                                                                                             \
        cblas_##letter##gemv(CblasRowMajor, transA ? CblasTrans : CblasNoTrans, (int)(transA ? k : m),                \
                             (int)(transA ? m : k), alpha, a, LEADING(lda), b, (int)b_step, beta, out,                \
                             LEADING(ldc));                                                                           \
      } else {                                                                                                        \
        if (is_own && multiply_rows_##t(transB == 0, transB ? n : k, transB ? k : n, b, ldb, a, a_step, out, 1)) {    \
          return;                                                                                                     \
        }                                                                                                             \
        cblas_##letter##gemv(CblasRowMajor, transB ? CblasNoTrans : CblasTrans, (int)(transB ? n : k),                \
                             (int)(transB ? k : n), alpha, b, LEADING(ldb), a, (int)a_step, beta, out,                \
                             1);                                                                                      \
      }                                                                                                               \
    }                                                                                                                 \
  }

FLOAT_GEMM(f32, float, s)
FLOAT_GEMM(f64, double, d)

// Tiles of so many rows and columns are copied to the other side of the diagonal.
#define MIRROR_TILE 8

#define SYMMETRIC(t, c)                                                                                          \
  static void mirror_##t(int64_t first, int64_t last, c *out, int64_t ldc) {                                     \
    for (int64_t top = 0; top < last; top += MIRROR_TILE) {                                                      \
      int64_t bottom = top + MIRROR_TILE < last ? top + MIRROR_TILE : last;                                      \
      for (int64_t left = first; left < last; left += MIRROR_TILE) {                                             \
        int64_t right = left + MIRROR_TILE < last ? left + MIRROR_TILE : last;                                   \
        for (int64_t i = top; i < bottom; i++) {                                                                 \
          for (int64_t j = left > i ? left : i + 1; j < right; j++) out[i * ldc + j] = out[j * ldc + i];         \
        }                                                                                                        \
      }                                                                                                          \
    }                                                                                                            \
  }                                                                                                              \
  SYMMETRIC_PROTOTYPE(t, c) {                                                                                    \
    for (int64_t top = first; top < last;) {                                                                     \
      int64_t bottom = top + strip < last ? top + strip : last;                                                   \
      blas_gemm_##t(transA, transB, bottom - top, bottom, k, 1, a + top * (transA ? 1 : lda), lda, b, ldb,       \
                    adds != 0, out + top * ldc, ldc);                                                            \
      mirror_##t(top, bottom, out, ldc);                                                                         \
      top = bottom;                                                                                              \
    }                                                                                                            \
  }

SYMMETRIC(f32, float)
SYMMETRIC(f64, double)

// Products wrap, so everything is computed unsigned.
#define INTEGER_GEMM(t, c, u)                                                                      \
  GEMM_PROTOTYPE(t, c) {                                                                           \
    int64_t row_a = transA ? 1 : lda, column_a = transA ? lda : 1;                                 \
    int64_t row_b = transB ? 1 : ldb, column_b = transB ? ldb : 1;                                 \
    for (int64_t i = 0; i < m; i++) {                                                              \
      c *row = out + i * ldc;                                                                      \
      for (int64_t j = 0; j < n; j++) row[j] = (c)((u)row[j] * (u)beta);                           \
      for (int64_t l = 0; l < k; l++) {                                                            \
        u x = (u)alpha * (u)a[i * row_a + l * column_a];                                           \
        const c *y = b + l * row_b;                                                                \
        for (int64_t j = 0; j < n; j++) row[j] = (c)((u)row[j] + x * (u)y[j * column_b]);          \
      }                                                                                            \
    }                                                                                              \
  }

INTEGER_GEMM(i32, int32_t, uint32_t)
INTEGER_GEMM(i64, int64_t, uint64_t)
