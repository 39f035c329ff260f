// tile_<op>_<dtype>[_<kinds>]: d[i] = op(a[i], ...).

#define STEP_UNARY(M, i, r, op, t) STORE_##M(t, L_##t, d + (i), op_##op##_##t(LOAD_##M(t, L_##t, a + (i), r)), r);
#define UNARY(op, t, LOOP) \
  KERNEL(void, tile_##op##_##t, (C_##t *d, const C_##t *a, int64_t n), { LOOP(L_##t, STEP_UNARY, op, t) })

#define STEP_BINARY(M, i, r, op, t, ka, kb)                                                                   \
  STORE_##M(t, L_##t, d + (i), op_##op##_##t(GET_##ka(M, t, L_##t, a, i, r), GET_##kb(M, t, L_##t, b, i, r)), r);
#define BINARY_KINDS(op, t, LOOP, ka, kb)                                                             \
  KERNEL(void, tile_##op##_##t##_##ka##kb, (C_##t *d, PARAM_##ka(t, a), PARAM_##kb(t, b), int64_t n), \
         { LOOP(L_##t, STEP_BINARY, op, t, ka, kb) })
#define BINARY(op, t, LOOP) KINDS_2(BINARY_KINDS, op, t, LOOP)

#define OPERATOR_eq ==
#define OPERATOR_ne !=
#define OPERATOR_lt <
#define OPERATOR_le <=
#define OPERATOR_gt >
#define OPERATOR_ge >=
#define STEP_COMPARISON(M, i, r, lanes, op, t, ka, kb)                                                        \
  STORE_##M(bool, lanes, d + (i),                                                                             \
            FLAGS(t, lanes, GET_##ka(M, t, lanes, a, i, r) OPERATOR_##op GET_##kb(M, t, lanes, b, i, r)), r);
#define COMPARISON_KINDS(op, t, ka, kb)                                                                \
  KERNEL(void, tile_##op##_##t##_##ka##kb, (uint8_t *d, PARAM_##ka(t, a), PARAM_##kb(t, b), int64_t n), \
         { LOOP_WIDE(L_##t, WIDE_##t, STEP_COMPARISON, op, t, ka, kb) })
#define COMPARISON(op, t) KINDS_2(COMPARISON_KINDS, op, t)

#define STEP_SELECT(M, i, r, t, ka, kb)                                                      \
  STORE_##M(t, L_##t, d + (i),                                                               \
            op_select_##t(LOAD_##M(bool, L_##t, c + (i), r), GET_##ka(M, t, L_##t, a, i, r), \
                          GET_##kb(M, t, L_##t, b, i, r)), r);
#define SELECT_KINDS(t, ka, kb)                                                                                \
  KERNEL(void, tile_select_##t##_##ka##kb,                                                                     \
         (C_##t *d, const uint8_t *c, PARAM_##ka(t, a), PARAM_##kb(t, b), int64_t n),                          \
         { LOOP_4(L_##t, STEP_SELECT, t, ka, kb) })
#define SELECT(t) KINDS_2(SELECT_KINDS, t) SELECT_KINDS(t, s, s)

#define STEP_FMA(M, i, r, t, ka, kb, kc)                                                                      \
  STORE_##M(t, L_##t, d + (i), op_fma_##t(GET_##ka(M, t, L_##t, a, i, r), GET_##kb(M, t, L_##t, b, i, r),     \
                                          GET_##kc(M, t, L_##t, c, i, r)), r);
#define FMA_KINDS(t, ka, kb, kc)                                                                     \
  KERNEL(void, tile_fma_##t##_##ka##kb##kc,                                                          \
         (C_##t *d, PARAM_##ka(t, a), PARAM_##kb(t, b), PARAM_##kc(t, c), int64_t n),                \
         { LOOP_4(L_##t, STEP_FMA, t, ka, kb, kc) })

// Floating unary.
#define FLOAT_UNARY(op, LOOP) UNARY(op, f32, LOOP) UNARY(op, f64, LOOP)
FLOAT_UNARY(sqrt, LOOP_4)
FLOAT_UNARY(rsqrt, LOOP_4)
FLOAT_UNARY(floor, LOOP_4)
FLOAT_UNARY(ceil, LOOP_4)
FLOAT_UNARY(round, LOOP_4)
FLOAT_UNARY(trunc, LOOP_4)
FLOAT_UNARY(logistic, LOOP_2)
#define ELEMENTARY_KERNEL(op) FLOAT_UNARY(op, LOOP_2)
ELEMENTARY_LIST(ELEMENTARY_KERNEL)
#define MATH_NEAR_KERNEL(near, f, u) FLOAT_UNARY(f, LOOP_1)
MATH_NEAR_LIST(MATH_NEAR_KERNEL)
#define MATH_UNARY_KERNEL(op, f, u) FLOAT_UNARY(op, LOOP_1)
MATH_UNARY_LIST(MATH_UNARY_KERNEL)

// Unary on all numbers.
#define NUMBER_UNARY(op) UNARY(op, f32, LOOP_4) UNARY(op, f64, LOOP_4) UNARY(op, i32, LOOP_4) UNARY(op, i64, LOOP_4)
NUMBER_UNARY(neg)
NUMBER_UNARY(abs)
NUMBER_UNARY(sign)

// Binary on all numbers.
#define NUMBER_BINARY(op) \
  BINARY(op, f32, LOOP_4) BINARY(op, f64, LOOP_4) BINARY(op, i32, LOOP_4) BINARY(op, i64, LOOP_4)
NUMBER_BINARY(add)
NUMBER_BINARY(sub)
NUMBER_BINARY(mul)
NUMBER_BINARY(min)
NUMBER_BINARY(max)
BINARY(div, f32, LOOP_4)
BINARY(div, f64, LOOP_4)
BINARY(div, i32, LOOP_1)
BINARY(div, i64, LOOP_1)
BINARY(rem, f32, LOOP_1)
BINARY(rem, f64, LOOP_1)
BINARY(rem, i32, LOOP_1)
BINARY(rem, i64, LOOP_1)

// Floating binary and ternary.
#define MATH_BINARY_KERNEL(op, f, u) BINARY(op, f32, LOOP_1) BINARY(op, f64, LOOP_1)
MATH_BINARY_LIST(MATH_BINARY_KERNEL)
BINARY(copysign, f32, LOOP_4)
BINARY(copysign, f64, LOOP_4)
BINARY(nextafter, f32, LOOP_4)
BINARY(nextafter, f64, LOOP_4)
KINDS_3(FMA_KINDS, f32)
KINDS_3(FMA_KINDS, f64)

// Comparison, logic, select.
#define COMPARISONS(t) \
  COMPARISON(eq, t) COMPARISON(ne, t) COMPARISON(lt, t) COMPARISON(le, t) COMPARISON(gt, t) COMPARISON(ge, t)
COMPARISONS(f32)
COMPARISONS(f64)
COMPARISONS(i32)
COMPARISONS(i64)
COMPARISONS(bool)
#define LOGIC(t) BINARY(and, t, LOOP_4) BINARY(or, t, LOOP_4) BINARY(xor, t, LOOP_4) UNARY(not, t, LOOP_4)
LOGIC(bool)
LOGIC(i32)
LOGIC(i64)
#define SHIFTS(t) BINARY(shl, t, LOOP_4) BINARY(lshr, t, LOOP_4) BINARY(ashr, t, LOOP_4) UNARY(popcount, t, LOOP_4)
SHIFTS(i32)
SHIFTS(i64)
SELECT(f32)
SELECT(f64)
SELECT(i32)
SELECT(i64)
SELECT(bool)
