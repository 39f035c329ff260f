// Two and three ops in one pass over the tiles, each rounded on its own; rsub is the second operand minus the first.
//
// Pairs: tile_<inner>_<outer>_<dtype>_<kinds>(d, a, b, c, n) is outer(inner(a, b), c).
//   inner add, sub, mul; outer add, sub, rsub, mul. Left out, because another kernel serves:
//   - inner rsub(a, b) is sub(b, a);
//   - inner add and mul of kinds sv are those of vs, a and b swapped;
//   - inner of two scalars is a scalar: compute it, then use the binary kernel.
//
// Chains: tile_chain_<inner>_<middle>_<outer>_<dtype>_<kinds>(d, a, b, c, e, n) is outer(middle(inner(a, b), c), e).
//   inner add, sub, mul with a tile a and any b, and rsub with a tile a and a scalar b; middle and outer add, sub,
//   rsub, mul with any c and e.
//
// Joins: tile_join_<first>_<second>_<outer>_<dtype>_<kinds>(d, a, b, c, e, n) is outer(first(a, b), second(c, e)).
//   first, second and outer add, sub, mul; tiles a and c, any b and e.

#define OUTER_LIST(X, ...) X(__VA_ARGS__, add) X(__VA_ARGS__, sub) X(__VA_ARGS__, rsub) X(__VA_ARGS__, mul)

// MARK: Pairs

#define STEP_PAIR(M, i, r, inner, outer, t, ka, kb, kc)                                                        \
  STORE_##M(t, L_##t, d + (i),                                                                                 \
            op_##outer##_##t(op_##inner##_##t(GET_##ka(M, t, L_##t, a, i, r), GET_##kb(M, t, L_##t, b, i, r)), \
                             GET_##kc(M, t, L_##t, c, i, r)), r);
#define PAIR(t, inner, ka, kb, kc, outer)                                                        \
  KERNEL(void, tile_##inner##_##outer##_##t##_##ka##kb##kc,                                      \
         (C_##t *d, PARAM_##ka(t, a), PARAM_##kb(t, b), PARAM_##kc(t, c), int64_t n),            \
         { LOOP_4(L_##t, STEP_PAIR, inner, outer, t, ka, kb, kc) })

#define PAIR_INNER(t, inner, ka, kb) OUTER_LIST(PAIR, t, inner, ka, kb, v) OUTER_LIST(PAIR, t, inner, ka, kb, s)
#define PAIRS(t)                                                        \
  PAIR_INNER(t, add, v, v) PAIR_INNER(t, add, v, s)                     \
  PAIR_INNER(t, mul, v, v) PAIR_INNER(t, mul, v, s)                     \
  PAIR_INNER(t, sub, v, v) PAIR_INNER(t, sub, v, s) PAIR_INNER(t, sub, s, v)
PAIRS(f32)
PAIRS(f64)

// MARK: Chains

#define STEP_CHAIN(M, i, r, inner, middle, outer, t, kb, kc, ke)                                                   \
  STORE_##M(t, L_##t, d + (i),                                                                                     \
            op_##outer##_##t(op_##middle##_##t(op_##inner##_##t(LOAD_##M(t, L_##t, a + (i), r),                    \
                                                                GET_##kb(M, t, L_##t, b, i, r)),                   \
                                               GET_##kc(M, t, L_##t, c, i, r)),                                    \
                             GET_##ke(M, t, L_##t, e, i, r)), r);
#define CHAIN(t, inner, kb, kc, ke, middle, outer)                                                                 \
  KERNEL(void, tile_chain_##inner##_##middle##_##outer##_##t##_v##kb##kc##ke,                                      \
         (C_##t *d, const C_##t *a, PARAM_##kb(t, b), PARAM_##kc(t, c), PARAM_##ke(t, e), int64_t n),              \
         { LOOP_2(L_##t, STEP_CHAIN, inner, middle, outer, t, kb, kc, ke) })

// A list may not expand within itself, hence one for the middle op.
#define MIDDLE_LIST(X, ...) X(__VA_ARGS__, add) X(__VA_ARGS__, sub) X(__VA_ARGS__, rsub) X(__VA_ARGS__, mul)
#define CHAIN_OUTER(t, inner, kb, kc, ke, middle) OUTER_LIST(CHAIN, t, inner, kb, kc, ke, middle)
#define CHAIN_INNER(t, inner, kb)                                                                            \
  MIDDLE_LIST(CHAIN_OUTER, t, inner, kb, v, v) MIDDLE_LIST(CHAIN_OUTER, t, inner, kb, v, s)                  \
  MIDDLE_LIST(CHAIN_OUTER, t, inner, kb, s, v) MIDDLE_LIST(CHAIN_OUTER, t, inner, kb, s, s)
#define CHAINS(t)                                        \
  CHAIN_INNER(t, add, v) CHAIN_INNER(t, add, s)          \
  CHAIN_INNER(t, sub, v) CHAIN_INNER(t, sub, s)          \
  CHAIN_INNER(t, mul, v) CHAIN_INNER(t, mul, s)          \
  CHAIN_INNER(t, rsub, s)
CHAINS(f32)
CHAINS(f64)

// MARK: Joins

#define STEP_JOIN(M, i, r, first, second, outer, t, kb, ke)                                                         \
  STORE_##M(t, L_##t, d + (i),                                                                                      \
            op_##outer##_##t(op_##first##_##t(LOAD_##M(t, L_##t, a + (i), r), GET_##kb(M, t, L_##t, b, i, r)),      \
                             op_##second##_##t(LOAD_##M(t, L_##t, c + (i), r), GET_##ke(M, t, L_##t, e, i, r))), r);
#define JOIN(t, first, kb, second, ke, outer)                                                                  \
  KERNEL(void, tile_join_##first##_##second##_##outer##_##t##_v##kb##v##ke,                                    \
         (C_##t *d, const C_##t *a, PARAM_##kb(t, b), const C_##t *c, PARAM_##ke(t, e), int64_t n),            \
         { LOOP_2(L_##t, STEP_JOIN, first, second, outer, t, kb, ke) })

#define JOIN_SECOND(t, first, kb, second, ke) \
  JOIN(t, first, kb, second, ke, add) JOIN(t, first, kb, second, ke, sub) JOIN(t, first, kb, second, ke, mul)
#define JOIN_FIRST(t, first, kb)                                                                               \
  JOIN_SECOND(t, first, kb, add, v) JOIN_SECOND(t, first, kb, sub, v) JOIN_SECOND(t, first, kb, mul, v)        \
  JOIN_SECOND(t, first, kb, add, s) JOIN_SECOND(t, first, kb, sub, s) JOIN_SECOND(t, first, kb, mul, s)
#define JOINS(t)                                                  \
  JOIN_FIRST(t, add, v) JOIN_FIRST(t, sub, v) JOIN_FIRST(t, mul, v) \
  JOIN_FIRST(t, add, s) JOIN_FIRST(t, sub, s) JOIN_FIRST(t, mul, s)
JOINS(f32)
JOINS(f64)
