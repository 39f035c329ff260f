// What the kernels of kernels/products.h are made of.

#define EACH_OF(k, count) _Pragma("clang loop unroll(full)") for (int k = 0; k < (count); k++)

// A block of c: `rows` rows, and as many elements of them as `vectors` vectors have, `rest` of the last one if that is a part.
#define PRODUCT_BLOCK(t)                                                                                             \
  INLINE void product_block_##t(const int rows, const int vectors, const int is_part, int64_t rest, int64_t k,       \
                                const C_##t *a, int64_t row_a, int64_t column_a, const C_##t *b, int64_t row_b,      \
                                C_##t *c, int64_t row_c, int adds) {                                                 \
    vec_##t s[8];                                                                                                    \
    EACH_OF(x, rows * vectors) s[x] = (vec_##t)(C_##t)0;                                                             \
    for (int64_t l = 0; l < k; l++) {                                                                                \
      const C_##t *x = a + l * column_a;                                                                             \
      const C_##t *y = b + l * row_b;                                                                                \
      EACH_OF(v, vectors) {                                                                                          \
        vec_##t e = is_part && v == vectors - 1 ? LOAD_P(t, L_##t, y + v * L_##t, rest)                              \
                                                : LOAD_F(t, L_##t, y + v * L_##t, rest);                             \
        EACH_OF(i, rows) {                                                                                           \
          vec_##t *q = s + i * vectors + v;                                                                          \
          *q = op_fma_##t((vec_##t)x[i * row_a], e, *q);                                                             \
        }                                                                                                            \
      }                                                                                                              \
    }                                                                                                                \
    EACH_OF(i, rows) {                                                                                               \
      EACH_OF(v, vectors) {                                                                                          \
        vec_##t q = s[i * vectors + v];                                                                              \
        C_##t *d = c + i * row_c + v * L_##t;                                                                        \
        if (is_part && v == vectors - 1) {                                                                           \
          if (adds) q = LOAD_P(t, L_##t, d, rest) + q;                                                               \
          STORE_P(t, L_##t, d, q, rest);                                                                             \
        } else {                                                                                                     \
          if (adds) q = LOAD_F(t, L_##t, d, rest) + q;                                                               \
          STORE_F(t, L_##t, d, q, rest);                                                                             \
        }                                                                                                            \
      }                                                                                                              \
    }                                                                                                                \
  }

// All columns of some rows.
#define PRODUCT_STRIP(t)                                                                                             \
  INLINE void product_strip_##t(const int rows, int64_t n, int64_t k, const C_##t *a, int64_t row_a,                 \
                                int64_t column_a, const C_##t *b, int64_t row_b, C_##t *c, int64_t row_c,            \
                                int adds) {                                                                          \
    int64_t j = 0;                                                                                                   \
    for (; j + 2 * L_##t <= n; j += 2 * L_##t) {                                                                     \
      product_block_##t(rows, 2, 0, 0, k, a, row_a, column_a, b + j, row_b, c + j, row_c, adds);                     \
    }                                                                                                                \
    int64_t rest = n - j;                                                                                            \
    if (rest > L_##t) {                                                                                              \
      product_block_##t(rows, 2, 1, rest - L_##t, k, a, row_a, column_a, b + j, row_b, c + j, row_c, adds);          \
    } else if (rest == L_##t) {                                                                                      \
      product_block_##t(rows, 1, 0, 0, k, a, row_a, column_a, b + j, row_b, c + j, row_c, adds);                     \
    } else if (rest > 0) {                                                                                           \
      product_block_##t(rows, 1, 1, rest, k, a, row_a, column_a, b + j, row_b, c + j, row_c, adds);                  \
    }                                                                                                                \
  }

#define LANES_64(t) (64 / (int)sizeof(C_##t))
#define VECTORS_64(t) (LANES_64(t) / L_##t)

// Elements `first` and on of a row of k, 0 behind it.
#define LOAD_ROW(t, p, first)                                                                                        \
  ((first) + L_##t <= k ? LOAD_F(t, L_##t, (p) + (first), 0)                                                         \
   : (first) < k        ? LOAD_P(t, L_##t, (p) + (first), k - (first))                                               \
                        : (vec_##t)(C_##t)0)

// Some columns of one row of c.
#define PRODUCT_DOTS_BLOCK(t)                                                                                        \
  INLINE void product_dots_block_##t(const int columns, int64_t k, const C_##t *a, const C_##t *b, int64_t column_b, \
                                     C_##t *c, int adds) {                                                           \
    vec_##t s[4 * VECTORS_64(t)];                                                                                    \
    EACH_OF(x, columns * VECTORS_64(t)) s[x] = (vec_##t)(C_##t)0;                                                    \
    int64_t l = 0;                                                                                                   \
    for (; l + LANES_64(t) <= k; l += LANES_64(t)) {                                                                 \
      EACH_OF(v, VECTORS_64(t)) {                                                                                    \
        vec_##t x = LOAD_F(t, L_##t, a + l + v * L_##t, 0);                                                          \
        EACH_OF(j, columns) {                                                                                        \
          vec_##t *q = s + j * VECTORS_64(t) + v;                                                                    \
          *q = op_fma_##t(x, LOAD_F(t, L_##t, b + j * column_b + l + v * L_##t, 0), *q);                             \
        }                                                                                                            \
      }                                                                                                              \
    }                                                                                                                \
    if (l < k) {                                                                                                     \
      EACH_OF(v, VECTORS_64(t)) {                                                                                    \
        int64_t first = l + v * L_##t;                                                                               \
        vec_##t x = LOAD_ROW(t, a, first);                                                                           \
        mask_##t is_there;                                                                                           \
        EACH_OF(e, L_##t) is_there[e] = e;                                                                           \
        is_there = (mask_##t)(is_there < (mask_##t)(k - first));                                                                      \
        EACH_OF(j, columns) {                                                                                        \
          vec_##t *q = s + j * VECTORS_64(t) + v;                                                                    \
          const C_##t *row = b + j * column_b;                                                                       \
          *q = is_there ? op_fma_##t(x, LOAD_ROW(t, row, first), *q) : *q;                                           \
        }                                                                                                            \
      }                                                                                                              \
    }                                                                                                                \
    EACH_OF(j, columns) {                                                                                            \
      vec_##t *q = s + j * VECTORS_64(t);                                                                            \
      _Pragma("clang loop unroll(full)") for (int half = VECTORS_64(t) / 2; half > 0; half /= 2) {                   \
        for (int v = 0; v < half; v++) q[v] += q[v + half];                                                          \
      }                                                                                                              \
      vec_##t h = q[0];                                                                                              \
      _Pragma("clang loop unroll(full)") for (int half = L_##t / 2; half > 0; half /= 2) {                           \
        vec_##t upper = h;                                                                                           \
        for (int e = 0; e < half; e++) upper[e] = h[e + half];                                                       \
        h += upper;                                                                                                  \
      }                                                                                                              \
      c[j] = adds ? c[j] + h[0] : h[0];                                                                              \
    }                                                                                                                \
  }

PRODUCT_BLOCK(f32)
PRODUCT_BLOCK(f64)
PRODUCT_STRIP(f32)
PRODUCT_STRIP(f64)
PRODUCT_DOTS_BLOCK(f32)
PRODUCT_DOTS_BLOCK(f64)
