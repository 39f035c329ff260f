// Reductions in an order that no instruction set changes: 32 partial results, then combined by halves.
//
// tile_reduce_<op>_<dtype>(acc, a, n): acc[i % 32] = op(acc[i % 32], a[i]), i increasing.
// lanes_<op>_<dtype>(acc): lane k with lane k + 16, then + 8, + 4, + 2, + 1.

#define BLOCK_VECTORS(t) (GRADC_LANES / L_##t)
#define EACH_VECTOR(t) _Pragma("clang loop unroll(full)") for (int k = 0; k < BLOCK_VECTORS(t); k++)
#define AT_VECTOR(t, p) (p + k * L_##t)

// The rest of less than 32 elements is an elementwise op on the accumulator; a short tile touches nothing else of it.
#define REDUCE(op, t)                                                                                       \
  KERNEL(void, tile_reduce_##op##_##t, (C_##t *acc, const C_##t *a, int64_t n), {                           \
    int64_t i = 0;                                                                                          \
    if (n >= GRADC_LANES) {                                                                                 \
      vec_##t s[BLOCK_VECTORS(t)];                                                                          \
      EACH_VECTOR(t) s[k] = LOAD_F(t, L_##t, AT_VECTOR(t, acc), 0);                                         \
      for (; i + GRADC_LANES <= n; i += GRADC_LANES) {                                                      \
        EACH_VECTOR(t) s[k] = op_##op##_##t(s[k], LOAD_F(t, L_##t, AT_VECTOR(t, a + i), 0));                \
      }                                                                                                     \
      EACH_VECTOR(t) STORE_F(t, L_##t, AT_VECTOR(t, acc), s[k], 0);                                         \
    }                                                                                                       \
    if (i < n) VARIANT(tile_##op##_##t##_vv)(acc, acc, a + i, n - i);                                       \
  })

// Floating max and min: a NaN stays, whatever follows. Noted apart, it keeps the chain of dependent operations short.
#define REDUCE_EXTREME(op, operator, t)                                                                     \
  KERNEL(void, tile_reduce_##op##_##t, (C_##t *acc, const C_##t *a, int64_t n), {                           \
    vec_##t s[BLOCK_VECTORS(t)];                                                                            \
    mask_##t nan[BLOCK_VECTORS(t)];                                                                         \
    vec_##t quiet_nan = (C_##t)__builtin_nan("");                                                           \
    int64_t i = 0;                                                                                          \
    EACH_VECTOR(t) {                                                                                        \
      s[k] = LOAD_F(t, L_##t, AT_VECTOR(t, acc), 0);                                                        \
      nan[k] = (mask_##t)(s[k] != s[k]);                                                                    \
    }                                                                                                       \
    for (; i + GRADC_LANES <= n; i += GRADC_LANES) {                                                        \
      EACH_VECTOR(t) {                                                                                      \
        vec_##t x = LOAD_F(t, L_##t, AT_VECTOR(t, a + i), 0);                                               \
        nan[k] |= (mask_##t)(x != x);                                                                       \
        s[k] = (s[k] operator x) ? s[k] : x;                                                                \
      }                                                                                                     \
    }                                                                                                       \
    EACH_VECTOR(t) STORE_F(t, L_##t, AT_VECTOR(t, acc), nan[k] ? quiet_nan : s[k], 0);                      \
    if (i < n) VARIANT(tile_##op##_##t##_vv)(acc, acc, a + i, n - i);                                       \
  })

#define REDUCE_MUL_ADD(t)                                                                                    \
  KERNEL(void, tile_reduce_mul_add_##t##_vv, (C_##t *acc, const C_##t *a, const C_##t *b, int64_t n), {      \
    int64_t i = 0;                                                                                           \
    if (n >= GRADC_LANES) {                                                                                  \
      vec_##t s[BLOCK_VECTORS(t)];                                                                           \
      EACH_VECTOR(t) s[k] = LOAD_F(t, L_##t, AT_VECTOR(t, acc), 0);                                          \
      for (; i + GRADC_LANES <= n; i += GRADC_LANES) {                                                       \
        EACH_VECTOR(t) {                                                                                     \
          s[k] = s[k] + LOAD_F(t, L_##t, AT_VECTOR(t, a + i), 0) * LOAD_F(t, L_##t, AT_VECTOR(t, b + i), 0); \
        }                                                                                                    \
      }                                                                                                      \
      EACH_VECTOR(t) STORE_F(t, L_##t, AT_VECTOR(t, acc), s[k], 0);                                          \
    }                                                                                                        \
    if (i < n) VARIANT(tile_mul_add_##t##_vvv)(acc, a + i, b + i, acc, n - i);                               \
  })

#define REDUCE_BOOL(op)                                                                                     \
  KERNEL(void, tile_reduce_##op##_bool, (uint8_t *acc, const uint8_t *a, int64_t n), {                      \
    boolx32 s = LOAD_F(bool, 32, acc, 0);                                                                   \
    int64_t i = 0;                                                                                          \
    for (; i + GRADC_LANES <= n; i += GRADC_LANES) s = REDUCE_BOOL_##op(s, LOAD_F(bool, 32, a + i, 0));     \
    STORE_F(bool, 32, acc, s, 0);                                                                           \
    if (i < n) VARIANT(tile_##op##_bool_vv)(acc, acc, a + i, n - i);                                        \
  })
#define REDUCE_BOOL_and(x, y) ((x) & (y))
#define REDUCE_BOOL_or(x, y) ((x) | (y))

#define LANES(op, t)                                                                          \
  KERNEL(C_##t, lanes_##op##_##t, (const C_##t *acc), {                                       \
    C_##t s[GRADC_LANES / 2];                                                                 \
    for (int k = 0; k < GRADC_LANES / 2; k++) s[k] = one_##op##_##t(acc[k], acc[k + GRADC_LANES / 2]); \
    for (int half = GRADC_LANES / 4; half > 0; half /= 2) {                                   \
      for (int k = 0; k < half; k++) s[k] = one_##op##_##t(s[k], s[k + half]);                \
    }                                                                                         \
    return s[0];                                                                              \
  })

#define LANES_FILL(t) \
  KERNEL(void, lanes_fill_##t, (C_##t *acc, C_##t s), { VARIANT(tile_fill_##t)(acc, s, GRADC_LANES); })

#define REDUCTIONS(t)                                                 \
  LANES_FILL(t)                                                       \
  REDUCE(add, t) REDUCE(mul, t)                                       \
  LANES(add, t) LANES(mul, t) LANES(max, t) LANES(min, t)
REDUCTIONS(f32)
REDUCTIONS(f64)
REDUCTIONS(i32)
REDUCTIONS(i64)
REDUCE_EXTREME(max, >, f32)
REDUCE_EXTREME(max, >, f64)
REDUCE_EXTREME(min, <, f32)
REDUCE_EXTREME(min, <, f64)
REDUCE(max, i32)
REDUCE(max, i64)
REDUCE(min, i32)
REDUCE(min, i64)
REDUCE_MUL_ADD(f32)
REDUCE_MUL_ADD(f64)
LANES_FILL(bool)
REDUCE_BOOL(and)
REDUCE_BOOL(or)
LANES(and, bool)
LANES(or, bool)
