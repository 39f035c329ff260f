// Two and three ops in one pass over the tiles, each rounded on its own.
//
// tile_<inner>_<outer>_<dtype>_<kinds>(d, a, b, c, n) is outer(inner(a, b), c); rsub is the second minus the first.
// Left out, because another kernel serves:
// - inner rsub(a, b) is sub(b, a);
// - inner add and mul of kinds sv are those of vs, a and b swapped;
// - inner of two scalars is a scalar: compute it, then use the binary kernel.
//
// tile_<first>_<second>_<outer>_<dtype>_vvvv(d, a, b, c, e, n) is outer(first(a, b), second(c, e)).

#define STEP_PAIR(M, i, r, inner, outer, t, ka, kb, kc)                                                       \
  STORE_##M(t, L_##t, d + (i),                                                                                \
            op_##outer##_##t(op_##inner##_##t(GET_##ka(M, t, L_##t, a, i, r), GET_##kb(M, t, L_##t, b, i, r)), \
                             GET_##kc(M, t, L_##t, c, i, r)), r);
#define PAIR(inner, outer, t, ka, kb, kc)                                                        \
  KERNEL(void, tile_##inner##_##outer##_##t##_##ka##kb##kc,                                      \
         (C_##t *d, PARAM_##ka(t, a), PARAM_##kb(t, b), PARAM_##kc(t, c), int64_t n),            \
         { LOOP_4(L_##t, STEP_PAIR, inner, outer, t, ka, kb, kc) })

#define PAIR_COMMUTATIVE(inner, outer, t) \
  PAIR(inner, outer, t, v, v, v) PAIR(inner, outer, t, v, v, s) PAIR(inner, outer, t, v, s, v) PAIR(inner, outer, t, v, s, s)
#define PAIR_ORDERED(inner, outer, t) \
  PAIR_COMMUTATIVE(inner, outer, t) PAIR(inner, outer, t, s, v, v) PAIR(inner, outer, t, s, v, s)
#define PAIRS_OF_OUTER(outer, t) \
  PAIR_COMMUTATIVE(add, outer, t) PAIR_COMMUTATIVE(mul, outer, t) PAIR_ORDERED(sub, outer, t)
#define PAIRS(t) PAIRS_OF_OUTER(add, t) PAIRS_OF_OUTER(sub, t) PAIRS_OF_OUTER(rsub, t) PAIRS_OF_OUTER(mul, t)
PAIRS(f32)
PAIRS(f64)

#define STEP_QUAD(M, i, r, first, second, outer, t)                                                              \
  STORE_##M(t, L_##t, d + (i),                                                                                   \
            op_##outer##_##t(op_##first##_##t(LOAD_##M(t, L_##t, a + (i), r), LOAD_##M(t, L_##t, b + (i), r)),   \
                             op_##second##_##t(LOAD_##M(t, L_##t, c + (i), r), LOAD_##M(t, L_##t, e + (i), r))), r);
#define QUAD(first, second, outer, t)                                                                       \
  KERNEL(void, tile_##first##_##second##_##outer##_##t##_vvvv,                                              \
         (C_##t *d, const C_##t *a, const C_##t *b, const C_##t *c, const C_##t *e, int64_t n),             \
         { LOOP_4(L_##t, STEP_QUAD, first, second, outer, t) })
#define QUADS_OF_SECOND(first, second, t) QUAD(first, second, add, t) QUAD(first, second, sub, t) QUAD(first, second, mul, t)
#define QUADS_OF_FIRST(first, t) QUADS_OF_SECOND(first, add, t) QUADS_OF_SECOND(first, sub, t) QUADS_OF_SECOND(first, mul, t)
#define QUADS(t) QUADS_OF_FIRST(add, t) QUADS_OF_FIRST(sub, t) QUADS_OF_FIRST(mul, t)
QUADS(f32)
QUADS(f64)
