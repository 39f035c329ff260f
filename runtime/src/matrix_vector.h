// Products of a matrix and a vector, part of a variant: OpenBLAS is slower for rows of 8 to 1,000 elements, and a product
// and its gradient on blocks of rows that come from memory take a quarter longer with it.
// The order of these sums is that of tile kernels, and the same for every instruction set. blas_gemm says which products
// are computed here: of doubles on short registers only large ones.
//
// rows_dot: out[i] += Σ_l a[i,l] x[l], 32 partial sums for every row, combined by halves.
// rows_sum: out[j] += Σ_i a[i,j] x[i], i increasing.

/// Rows whose partial sums are in registers together.
#if HAS_AVX512
#define DOT_ROWS_f32 4
#define DOT_ROWS_f64 4
#elif HAS_FMA
#define DOT_ROWS_f32 2
#define DOT_ROWS_f64 1
#else
#define DOT_ROWS_f32 1
#define DOT_ROWS_f64 1
#endif

/// Bytes that rows of large dense matrices are asked for before they are read: the processor itself stops at the end of a
/// page. For 100,000 rows of 100 elements in memory it takes 0.8 to 0.9 of the time.
#define AHEAD 8192
#define LINE 64

/// Rows of so many bytes are read one at a time, since they follow each other in memory: of large matrices, and of those
/// that the first-level cache does not hold. It takes 0.6 to 0.9 of the time.
#define LARGE_ROW 384
#define CACHED_ROW 1024
#define CACHED (48 << 10)

/// Rows that are added to a vector of sums while it is in a register.
#define SUM_ROWS 8
/// Columns of sums that stay in the first-level cache.
#define SUM_COLUMNS 2048

#define EACH_ROW(rows) _Pragma("clang loop unroll(full)") for (int row = 0; row < (rows); row++)
#define EACH_SUM(t) _Pragma("clang loop unroll(full)") for (int k = 0; k < GRADC_LANES / L_##t; k++)

/// The sum of the halves of a vector.
#define FOLD(t, lanes, v)                                                  \
  ({                                                                       \
    VEC(t, lanes) low, high;                                               \
    __builtin_memcpy(&low, &(v), sizeof low);                              \
    __builtin_memcpy(&high, (const char *)&(v) + sizeof low, sizeof high); \
    low + high;                                                            \
  })

INLINE double fold_f64(vec_f64 v) {
#if L_f64 == 8
  f64x4 four = FOLD(f64, 4, v);
  f64x2 two = FOLD(f64, 2, four);
#elif L_f64 == 4
  f64x2 two = FOLD(f64, 2, v);
#else
  f64x2 two = v;
#endif
  return two[0] + two[1];
}

INLINE float fold_f32(vec_f32 v) {
#if L_f32 == 16
  f32x8 eight = FOLD(f32, 8, v);
  f32x4 four = FOLD(f32, 4, eight);
#elif L_f32 == 8
  f32x4 four = FOLD(f32, 4, v);
#else
  f32x4 four = v;
#endif
  f32x2 two = FOLD(f32, 2, four);
  return two[0] + two[1];
}

#define ROWS_DOT_OF(t, rows, name)                                                                                   \
  INLINE void name##_##t(int64_t k_count, const C_##t *a, int64_t lda, const C_##t *x, C_##t *out, int64_t step,     \
                         int64_t lines) {                                                                            \
    vec_##t s[rows][GRADC_LANES / L_##t];                                                                            \
    EACH_ROW(rows) EACH_SUM(t) s[row][k] = 0;                                                                        \
    for (int64_t line = 0; line < lines; line++) {                                                                   \
      __builtin_prefetch((const void *)((uintptr_t)a + AHEAD + (uintptr_t)(line * LINE)));                           \
    }                                                                                                                \
    int64_t i = 0;                                                                                                   \
    for (; i + GRADC_LANES <= k_count; i += GRADC_LANES) {                                                           \
      EACH_SUM(t) {                                                                                                  \
        vec_##t y = LOAD_F(t, L_##t, x + i + k * L_##t, 0);                                                          \
        EACH_ROW(rows) s[row][k] += LOAD_F(t, L_##t, a + row * lda + i + k * L_##t, 0) * y;                          \
      }                                                                                                              \
    }                                                                                                                \
    EACH_SUM(t) {                                                                                                    \
      int64_t r = k_count - i - k * L_##t;                                                                           \
      if (r >= L_##t) {                                                                                              \
        vec_##t y = LOAD_F(t, L_##t, x + i + k * L_##t, 0);                                                          \
        EACH_ROW(rows) s[row][k] += LOAD_F(t, L_##t, a + row * lda + i + k * L_##t, 0) * y;                          \
      } else if (r > 0) {                                                                                            \
        vec_##t y = LOAD_P(t, L_##t, x + i + k * L_##t, r);                                                          \
        EACH_ROW(rows) s[row][k] += LOAD_P(t, L_##t, a + row * lda + i + k * L_##t, r) * y;                          \
      }                                                                                                              \
    }                                                                                                                \
    EACH_ROW(rows) {                                                                                                 \
      _Pragma("clang loop unroll(full)") for (int half = GRADC_LANES / L_##t / 2; half > 0; half /= 2) {             \
        for (int k = 0; k < half; k++) s[row][k] += s[row][k + half];                                                \
      }                                                                                                              \
      out[row * step] += fold_##t(s[row][0]);                                                                        \
    }                                                                                                                \
  }

#define ROWS_SUM_OF(t, rows, name)                                                                                  \
  INLINE void name##_##t(int64_t n, const C_##t *a, int64_t lda, const C_##t *x, int64_t x_step, C_##t *out) {      \
    vec_##t factors[rows];                                                                                          \
    EACH_ROW(rows) factors[row] = (vec_##t)(x[row * x_step]);                                                       \
    int64_t j = 0;                                                                                                  \
    for (; j + L_##t <= n; j += L_##t) {                                                                            \
      vec_##t s = LOAD_F(t, L_##t, out + j, 0);                                                                     \
      EACH_ROW(rows) s += LOAD_F(t, L_##t, a + row * lda + j, 0) * factors[row];                                    \
      STORE_F(t, L_##t, out + j, s, 0);                                                                             \
    }                                                                                                               \
    if (j < n) {                                                                                                    \
      vec_##t s = LOAD_P(t, L_##t, out + j, n - j);                                                                 \
      EACH_ROW(rows) s += LOAD_P(t, L_##t, a + row * lda + j, n - j) * factors[row];                                \
      STORE_P(t, L_##t, out + j, s, n - j);                                                                         \
    }                                                                                                               \
  }

#define MATRIX_VECTOR(t)                                                                                            \
  ROWS_DOT_OF(t, DOT_ROWS_##t, rows_dot_some)                                                                       \
  ROWS_DOT_OF(t, 1, rows_dot_one)                                                                                   \
  ROWS_SUM_OF(t, SUM_ROWS, rows_sum_some)                                                                           \
  ROWS_SUM_OF(t, 1, rows_sum_one)                                                                                   \
  static void VARIANT(rows_dot_##t)(int64_t m, int64_t k, const C_##t *a, int64_t lda, const C_##t *x, C_##t *out,  \
                                    int64_t step) {                                                                 \
    int64_t row = lda * (int)sizeof(C_##t), size = m * row, i = 0;                                                  \
    int is_large = lda == k && size >= GRADC_LARGE_MATRIX;                                                          \
    int some = !(is_large ? row >= LARGE_ROW : size >= CACHED && row >= CACHED_ROW);                                \
    int64_t lines = is_large ? row / LINE : 0;                                                                      \
    for (; some && i + DOT_ROWS_##t <= m; i += DOT_ROWS_##t) {                                                      \
      rows_dot_some_##t(k, a + i * lda, lda, x, out + i * step, step, DOT_ROWS_##t * lines);                        \
    }                                                                                                               \
    for (; i < m; i++) rows_dot_one_##t(k, a + i * lda, lda, x, out + i * step, step, lines);                       \
  }                                                                                                                 \
  static void VARIANT(rows_sum_##t)(int64_t m, int64_t n, const C_##t *a, int64_t lda, const C_##t *x,              \
                                    int64_t x_step, C_##t *out) {                                                   \
    for (int64_t j = 0; j < n; j += SUM_COLUMNS) {                                                                  \
      int64_t count = n - j < SUM_COLUMNS ? n - j : SUM_COLUMNS, i = 0;                                             \
      for (; i + SUM_ROWS <= m; i += SUM_ROWS) {                                                                    \
        rows_sum_some_##t(count, a + i * lda + j, lda, x + i * x_step, x_step, out + j);                            \
      }                                                                                                             \
      for (; i < m; i++) rows_sum_one_##t(count, a + i * lda + j, lda, x + i * x_step, x_step, out + j);            \
    }                                                                                                               \
  }

MATRIX_VECTOR(f32)
MATRIX_VECTOR(f64)
