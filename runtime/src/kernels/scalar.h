// scalar_<op>_<dtype>: the ops that C has no operator for, on single elements, with the bits of the tile kernels.

#define SCALAR_1(op, t) KERNEL(C_##t, scalar_##op##_##t, (C_##t a), { return one_##op##_##t(a); })
#define SCALAR_2(op, t) KERNEL(C_##t, scalar_##op##_##t, (C_##t a, C_##t b), { return one_##op##_##t(a, b); })
#define SCALAR_FLOAT_1(op) SCALAR_1(op, f32) SCALAR_1(op, f64)
#define SCALAR_FLOAT_2(op) SCALAR_2(op, f32) SCALAR_2(op, f64)
#define SCALAR_NUMBER_1(op) SCALAR_FLOAT_1(op) SCALAR_1(op, i32) SCALAR_1(op, i64)
#define SCALAR_NUMBER_2(op) SCALAR_FLOAT_2(op) SCALAR_2(op, i32) SCALAR_2(op, i64)

#define SCALAR_MATH_UNARY(op, f, u) SCALAR_FLOAT_1(op)
#define SCALAR_MATH_BINARY(op, f, u) SCALAR_FLOAT_2(op)
MATH_UNARY_LIST(SCALAR_MATH_UNARY)
MATH_BINARY_LIST(SCALAR_MATH_BINARY)

SCALAR_FLOAT_1(logistic)
#define SCALAR_MATH_NEAR(near, f, u) SCALAR_FLOAT_1(f)
MATH_NEAR_LIST(SCALAR_MATH_NEAR)
SCALAR_FLOAT_1(sqrt)
SCALAR_FLOAT_1(rsqrt)
SCALAR_FLOAT_1(floor)
SCALAR_FLOAT_1(ceil)
SCALAR_FLOAT_1(round)
SCALAR_FLOAT_1(trunc)
SCALAR_NUMBER_1(abs)
SCALAR_NUMBER_1(sign)
SCALAR_NUMBER_2(min)
SCALAR_NUMBER_2(max)
SCALAR_NUMBER_2(rem)
SCALAR_2(div, i32)
SCALAR_2(div, i64)

#define SCALAR_FMA(t) \
  KERNEL(C_##t, scalar_fma_##t, (C_##t a, C_##t b, C_##t c), { return one_fma_##t(a, b, c); })
SCALAR_FMA(f32)
SCALAR_FMA(f64)

#define SCALAR_CAST(from, to) \
  KERNEL(C_##to, scalar_cast_##from##_##to, (C_##from a), { return one_cast_##from##_##to(a); })
SCALAR_CAST(f32, i32)
SCALAR_CAST(f32, i64)
SCALAR_CAST(f64, i32)
SCALAR_CAST(f64, i64)
