// Includes elementary.h for vectors (`op_exp_f32`) and for elements (`one_exp_f32`).

#define BITS_OF_ONE(t)                                  \
  INLINE one_bits_##t one_bits_of_##t(C_##t x) {        \
    one_bits_##t u;                                     \
    __builtin_memcpy(&u, &x, sizeof u);                 \
    return u;                                           \
  }                                                     \
  INLINE C_##t one_of_bits_##t(one_bits_##t u) {        \
    C_##t x;                                            \
    __builtin_memcpy(&x, &u, sizeof x);                 \
    return x;                                           \
  }
typedef one_bits_i32 one_bits_f32;
typedef one_bits_i64 one_bits_f64;
BITS_OF_ONE(f32)
BITS_OF_ONE(f64)

#if HAS_FMA
#define MA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define REST(a, w) __builtin_elementwise_fma(a, a, -(w))
#else
#define MA(a, b, c) ((a) * (b) + (c))
#define REST(a, w) K(0)
#endif
// Without fma the reduction of angles is not exact.
#if HAS_FMA
#define UNLESS_op(c, x, y)                                  \
  ({                                                        \
    U far = (U)(c);                                         \
    __builtin_reduce_or(far) ? (far ? (y) : (x)) : (x);     \
  })
#define UNLESS_one(c, x, y) ((c) ? (y) : (x))
#else
#define UNLESS_op(c, x, y) (y)
#define UNLESS_one(c, x, y) (y)
#endif
#define ABS(x) __builtin_elementwise_abs(x)
#define COPYSIGN(x, y) __builtin_elementwise_copysign(x, y)
#define SELECT(c, x, y) ((c) ? (x) : (y))
#define K(c) ((F)(c))
#define BK(c) ((U)(c))

#define TEXT_f32(...) __VA_ARGS__
#define TEXT_f64(...)
#define F vec_f32
#define U bits_i32
#define NAME(f) op_##f##_f32
#define UNLESS UNLESS_op
#define BITS(x) ((U)(x))
#define FLOAT(u) ((F)(u))
#include "elementary.h"
#undef F
#undef U
#undef NAME
#undef UNLESS
#undef BITS
#undef FLOAT
#define F float
#define U uint32_t
#define NAME(f) one_##f##_f32
#define UNLESS UNLESS_one
#define BITS(x) one_bits_of_f32(x)
#define FLOAT(u) one_of_bits_f32(u)
#include "elementary.h"
#undef F
#undef U
#undef NAME
#undef UNLESS
#undef BITS
#undef FLOAT
#undef TEXT_f32
#undef TEXT_f64

#define TEXT_f32(...)
#define TEXT_f64(...) __VA_ARGS__
#define F vec_f64
#define U bits_i64
#define NAME(f) op_##f##_f64
#define UNLESS UNLESS_op
#define BITS(x) ((U)(x))
#define FLOAT(u) ((F)(u))
#include "elementary.h"
#undef F
#undef U
#undef NAME
#undef UNLESS
#undef BITS
#undef FLOAT
#define F double
#define U uint64_t
#define NAME(f) one_##f##_f64
#define UNLESS UNLESS_one
#define BITS(x) one_bits_of_f64(x)
#define FLOAT(u) one_of_bits_f64(u)
#include "elementary.h"
#undef F
#undef U
#undef NAME
#undef UNLESS
#undef BITS
#undef FLOAT
#undef TEXT_f32
#undef TEXT_f64

#undef MA
#undef UNLESS_op
#undef UNLESS_one
#undef REST
#undef ABS
#undef COPYSIGN
#undef SELECT
#undef K
#undef BK
