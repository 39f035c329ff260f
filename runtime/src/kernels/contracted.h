// Kernels around an fma, a square or a comparison: what products that are added, squared differences and piecewise
// functions become. Each name says its meaning, with the ops of kernel IR:
//
//   tile_fms(d, a, b, c)               fma(a, b, neg(c))
//   tile_fnma(d, a, b, c)              fma(neg(a), b, c)
//   tile_<inner>_fma(d, a, b, c, e)    fma(inner(a, b), c, e)
//   tile_<inner>_mac(d, a, b, c, e)    fma(c, e, inner(a, b))
//   tile_fma_<outer>(d, a, b, c, e)    outer(fma(a, b, c), e)
//   tile_fma_fma(d, a, b, c, e, f)     fma(fma(a, b, c), e, f)
//   tile_fma_mac(d, a, b, c, e, f)     fma(e, f, fma(a, b, c))
//   tile_<inner>_square(d, a, b)       mul(t, t) with t = inner(a, b); tile_fma_square likewise
//   tile_<inner>_square_mul(d, a, b, c)  mul(mul(t, t), c)
//   tile_<inner>_square_add(d, a, b, c)  fma(t, t, c)
//   tile_<inner>_self(d, a, b)         mul(inner(a, b), a)
//   tile_fma_self, tile_fnma_self      fma(a, a, b), fma(neg(a), a, b)
//   tile_<self>_mul(d, a, b, c)        mul of these and c
//   tile_select_<comparison>(d, a, b, c, e)  select(comparison(a, b), c, e)
//   tile_horner(d, x, s, count, n)     y = s[0], then y = fma(y, x, s[k]) for k = 1 ..< count
//
// inner is add, sub, mul, or rsub with a scalar second operand; outer is add, sub, rsub, mul. a and, of mac, the first
// of the two factors are tiles. Scalars that are subtracted are negated by the caller. The self kernels, for x (1 - x)
// and 1 - x², read a once, as loads are what such kernels wait for; b is a scalar.

#define GET_INNER(M, i, r, inner, t, kb) \
  op_##inner##_##t(LOAD_##M(t, L_##t, a + (i), r), GET_##kb(M, t, L_##t, b, i, r))
#define GET_FMA(M, i, r, t, kb, kc) \
  op_fma_##t(LOAD_##M(t, L_##t, a + (i), r), GET_##kb(M, t, L_##t, b, i, r), GET_##kc(M, t, L_##t, c, i, r))
#define PUT(M, i, r, t, ...) STORE_##M(t, L_##t, d + (i), (__VA_ARGS__), r);

// Every choice of kinds, whatever stands before.
#define ANY_1(X, ...) X(__VA_ARGS__, v) X(__VA_ARGS__, s)
#define ANY_2(X, ...) X(__VA_ARGS__, v, v) X(__VA_ARGS__, v, s) X(__VA_ARGS__, s, v) X(__VA_ARGS__, s, s)
#define ANY_3(X, ...)                                                                              \
  X(__VA_ARGS__, v, v, v) X(__VA_ARGS__, v, v, s) X(__VA_ARGS__, v, s, v) X(__VA_ARGS__, v, s, s)  \
  X(__VA_ARGS__, s, v, v) X(__VA_ARGS__, s, v, s) X(__VA_ARGS__, s, s, v) X(__VA_ARGS__, s, s, s)
#define INNERS(ANY, X, t)                                                              \
  ANY(X, t, add, v) ANY(X, t, add, s) ANY(X, t, sub, v) ANY(X, t, sub, s)              \
  ANY(X, t, mul, v) ANY(X, t, mul, s) ANY(X, t, rsub, s)

// MARK: Signs

#define STEP_SIGNED(M, i, r, op, t, kb, kc)                                                             \
  PUT(M, i, r, t, op_##op##_##t(LOAD_##M(t, L_##t, a + (i), r), GET_##kb(M, t, L_##t, b, i, r),         \
                                GET_##kc(M, t, L_##t, c, i, r)))
#define SIGNED(op, t, kb, kc)                                                                           \
  KERNEL(void, tile_##op##_##t##_v##kb##kc,                                                             \
         (C_##t *d, const C_##t *a, PARAM_##kb(t, b), PARAM_##kc(t, c), int64_t n),                     \
         { LOOP_4(L_##t, STEP_SIGNED, op, t, kb, kc) })

// MARK: Two ops, one an fma

#define STEP_INNER_FMA(M, i, r, t, inner, kb, kc, ke)                                                   \
  PUT(M, i, r, t, op_fma_##t(GET_INNER(M, i, r, inner, t, kb), GET_##kc(M, t, L_##t, c, i, r),          \
                             GET_##ke(M, t, L_##t, e, i, r)))
#define INNER_FMA(t, inner, kb, kc, ke)                                                                 \
  KERNEL(void, tile_##inner##_fma_##t##_v##kb##kc##ke,                                                  \
         (C_##t *d, const C_##t *a, PARAM_##kb(t, b), PARAM_##kc(t, c), PARAM_##ke(t, e), int64_t n),   \
         { LOOP_4(L_##t, STEP_INNER_FMA, t, inner, kb, kc, ke) })

#define STEP_INNER_MAC(M, i, r, t, inner, kb, ke)                                                       \
  PUT(M, i, r, t, op_fma_##t(LOAD_##M(t, L_##t, c + (i), r), GET_##ke(M, t, L_##t, e, i, r),            \
                             GET_INNER(M, i, r, inner, t, kb)))
#define INNER_MAC(t, inner, kb, ke)                                                                     \
  KERNEL(void, tile_##inner##_mac_##t##_v##kb##v##ke,                                                   \
         (C_##t *d, const C_##t *a, PARAM_##kb(t, b), const C_##t *c, PARAM_##ke(t, e), int64_t n),     \
         { LOOP_4(L_##t, STEP_INNER_MAC, t, inner, kb, ke) })

#define STEP_FMA_OUTER(M, i, r, t, outer, kb, kc, ke)                                                   \
  PUT(M, i, r, t, op_##outer##_##t(GET_FMA(M, i, r, t, kb, kc), GET_##ke(M, t, L_##t, e, i, r)))
#define FMA_OUTER(t, outer, kb, kc, ke)                                                                 \
  KERNEL(void, tile_fma_##outer##_##t##_v##kb##kc##ke,                                                  \
         (C_##t *d, const C_##t *a, PARAM_##kb(t, b), PARAM_##kc(t, c), PARAM_##ke(t, e), int64_t n),   \
         { LOOP_4(L_##t, STEP_FMA_OUTER, t, outer, kb, kc, ke) })

// MARK: Two fmas

#define STEP_FMA_FMA(M, i, r, t, kb, kc, ke, kf)                                                        \
  PUT(M, i, r, t, op_fma_##t(GET_FMA(M, i, r, t, kb, kc), GET_##ke(M, t, L_##t, e, i, r),               \
                             GET_##kf(M, t, L_##t, f, i, r)))
#define FMA_FMA(t, kb, kc, ke, kf)                                                                      \
  KERNEL(void, tile_fma_fma_##t##_v##kb##kc##ke##kf,                                                    \
         (C_##t *d, const C_##t *a, PARAM_##kb(t, b), PARAM_##kc(t, c), PARAM_##ke(t, e),               \
          PARAM_##kf(t, f), int64_t n),                                                                 \
         { LOOP_4(L_##t, STEP_FMA_FMA, t, kb, kc, ke, kf) })

#define STEP_FMA_MAC(M, i, r, t, kb, kc, kf)                                                            \
  PUT(M, i, r, t, op_fma_##t(LOAD_##M(t, L_##t, e + (i), r), GET_##kf(M, t, L_##t, f, i, r),            \
                             GET_FMA(M, i, r, t, kb, kc)))
#define FMA_MAC(t, kb, kc, kf)                                                                          \
  KERNEL(void, tile_fma_mac_##t##_v##kb##kc##v##kf,                                                     \
         (C_##t *d, const C_##t *a, PARAM_##kb(t, b), PARAM_##kc(t, c), const C_##t *e,                 \
          PARAM_##kf(t, f), int64_t n),                                                                 \
         { LOOP_4(L_##t, STEP_FMA_MAC, t, kb, kc, kf) })

// MARK: Squares

#define STEP_SQUARE(M, i, r, t, inner, kb) PUT(M, i, r, t, op_square_##t(GET_INNER(M, i, r, inner, t, kb)))
#define SQUARE(t, inner, kb)                                                                            \
  KERNEL(void, tile_##inner##_square_##t##_v##kb, (C_##t *d, const C_##t *a, PARAM_##kb(t, b), int64_t n), \
         { LOOP_4(L_##t, STEP_SQUARE, t, inner, kb) })
#define STEP_FMA_SQUARE(M, i, r, t, kb, kc) PUT(M, i, r, t, op_square_##t(GET_FMA(M, i, r, t, kb, kc)))
#define FMA_SQUARE(t, kb, kc)                                                                           \
  KERNEL(void, tile_fma_square_##t##_v##kb##kc,                                                         \
         (C_##t *d, const C_##t *a, PARAM_##kb(t, b), PARAM_##kc(t, c), int64_t n),                     \
         { LOOP_4(L_##t, STEP_FMA_SQUARE, t, kb, kc) })
#define STEP_SQUARE_MUL(M, i, r, t, inner, kb, kc) \
  PUT(M, i, r, t, op_square_##t(GET_INNER(M, i, r, inner, t, kb)) * GET_##kc(M, t, L_##t, c, i, r))
#define SQUARE_MUL(t, inner, kb, kc)                                                                    \
  KERNEL(void, tile_##inner##_square_mul_##t##_v##kb##kc,                                               \
         (C_##t *d, const C_##t *a, PARAM_##kb(t, b), PARAM_##kc(t, c), int64_t n),                     \
         { LOOP_4(L_##t, STEP_SQUARE_MUL, t, inner, kb, kc) })
#define STEP_SQUARE_ADD(M, i, r, t, inner, kb, kc) \
  PUT(M, i, r, t, sum_of_square_##t(GET_INNER(M, i, r, inner, t, kb), GET_##kc(M, t, L_##t, c, i, r)))
#define SQUARE_ADD(t, inner, kb, kc)                                                                    \
  KERNEL(void, tile_##inner##_square_add_##t##_v##kb##kc,                                               \
         (C_##t *d, const C_##t *a, PARAM_##kb(t, b), PARAM_##kc(t, c), int64_t n),                     \
         { LOOP_4(L_##t, STEP_SQUARE_ADD, t, inner, kb, kc) })
#define SQUARES(t)                                                                                      \
  SQUARE(t, add, v) SQUARE(t, add, s) SQUARE(t, sub, v) SQUARE(t, sub, s) SQUARE(t, mul, v)             \
  SQUARE(t, mul, s) SQUARE(t, rsub, s) ANY_2(FMA_SQUARE, t)                                             \
  INNERS(ANY_1, SQUARE_MUL, t) INNERS(ANY_1, SQUARE_ADD, t)

// MARK: Products with an operand that is in the factor

#define GET_SELF(M, i, r, inner, t) self_##inner##_##t(LOAD_##M(t, L_##t, a + (i), r), (vec_##t)b)
#define STEP_SELF(M, i, r, t, inner) PUT(M, i, r, t, GET_SELF(M, i, r, inner, t))
#define STEP_SELF_MUL(M, i, r, t, inner) \
  PUT(M, i, r, t, GET_SELF(M, i, r, inner, t) * LOAD_##M(t, L_##t, c + (i), r))
#define SELF(t, inner)                                                                                  \
  KERNEL(void, tile_##inner##_self_##t##_vs, (C_##t *d, const C_##t *a, C_##t b, int64_t n),            \
         { LOOP_4(L_##t, STEP_SELF, t, inner) })                                                        \
  KERNEL(void, tile_##inner##_self_mul_##t##_vsv,                                                       \
         (C_##t *d, const C_##t *a, C_##t b, const C_##t *c, int64_t n),                                \
         { LOOP_4(L_##t, STEP_SELF_MUL, t, inner) })

// MARK: Selection by a comparison

#define STEP_SELECT_BY(M, i, r, t, op, ka, kb, kc, ke)                                                  \
  PUT(M, i, r, t, (GET_##ka(M, t, L_##t, a, i, r) OPERATOR_##op GET_##kb(M, t, L_##t, b, i, r))         \
                      ? GET_##kc(M, t, L_##t, c, i, r) : GET_##ke(M, t, L_##t, e, i, r))
#define SELECT_BY(t, op, ka, kb, kc, ke)                                                                \
  KERNEL(void, tile_select_##op##_##t##_##ka##kb##kc##ke,                                               \
         (C_##t *d, PARAM_##ka(t, a), PARAM_##kb(t, b), PARAM_##kc(t, c), PARAM_##ke(t, e), int64_t n), \
         { LOOP_4(L_##t, STEP_SELECT_BY, t, op, ka, kb, kc, ke) })
#define SELECTS_BY(t, op) ANY_2(SELECT_BY, t, op, v, v) ANY_2(SELECT_BY, t, op, v, s) ANY_2(SELECT_BY, t, op, s, v)

// MARK: Polynomials

/// Vectors that are worked on at once, so that an fma need not wait for the one before.
#define HORNER_VECTORS 8
#define EACH_HORNER _Pragma("clang loop unroll(full)") for (int j = 0; j < HORNER_VECTORS; j++)
#define STEP_HORNER(M, i, r, t) {                                                                       \
    vec_##t x_ = LOAD_##M(t, L_##t, x + (i), r);                                                        \
    vec_##t y_ = s[0];                                                                                  \
    for (int64_t k = 1; k < count; k++) y_ = op_fma_##t(y_, x_, (vec_##t)s[k]);                         \
    STORE_##M(t, L_##t, d + (i), y_, r);                                                                \
  }
#define HORNER(t)                                                                                       \
  KERNEL(void, tile_horner_##t, (C_##t *d, const C_##t *x, const C_##t *s, int64_t count, int64_t n), { \
    int64_t i = 0;                                                                                      \
    for (; i + HORNER_VECTORS * L_##t <= n; i += HORNER_VECTORS * L_##t) {                              \
      vec_##t y[HORNER_VECTORS];                                                                        \
      vec_##t z[HORNER_VECTORS];                                                                        \
      EACH_HORNER z[j] = LOAD_F(t, L_##t, x + i + j * L_##t, 0);                                        \
      EACH_HORNER y[j] = s[0];                                                                          \
      for (int64_t k = 1; k < count; k++) {                                                             \
        vec_##t term = s[k];                                                                            \
        EACH_HORNER y[j] = op_fma_##t(y[j], z[j], term);                                                \
      }                                                                                                 \
      EACH_HORNER STORE_F(t, L_##t, d + i + j * L_##t, y[j], 0);                                        \
    }                                                                                                   \
    for (; i + L_##t <= n; i += L_##t) STEP_HORNER(F, i, L_##t, t)                                      \
    if (i < n) STEP_HORNER(P, i, n - i, t)                                                              \
  })

#define CONTRACTED(t)                                                                                   \
  SIGNED(fms, t, v, v) SIGNED(fms, t, s, v)                                                             \
  ANY_2(SIGNED, fnma, t)                                                                                \
  INNERS(ANY_2, INNER_FMA, t) INNERS(ANY_1, INNER_MAC, t)                                               \
  ANY_3(FMA_OUTER, t, add) ANY_3(FMA_OUTER, t, sub) ANY_3(FMA_OUTER, t, rsub) ANY_3(FMA_OUTER, t, mul)  \
  ANY_2(FMA_FMA, t, v, v) ANY_2(FMA_FMA, t, v, s) ANY_2(FMA_FMA, t, s, v) ANY_2(FMA_FMA, t, s, s)       \
  ANY_3(FMA_MAC, t)                                                                                     \
  SQUARES(t)                                                                                            \
  SELF(t, add) SELF(t, sub) SELF(t, rsub) SELF(t, fma) SELF(t, fnma)                                    \
  SELECTS_BY(t, eq) SELECTS_BY(t, lt) SELECTS_BY(t, le)                                                 \
  HORNER(t)
CONTRACTED(f32)
CONTRACTED(f64)
