// Includes elementary.h and relaxed.h for vectors (`op_exp_f32`) and for elements (`one_exp_f32`).

// The types of numbers and of their bits, and how one is read as the other, by kind and dtype.
#define WORDS(t, i)                                                                               \
  typedef vec_##t op_number_##t;                                                                  \
  typedef bits_##i op_word_##t;                                                                   \
  typedef C_##t one_number_##t;                                                                   \
  typedef one_bits_##i one_word_##t;                                                              \
  INLINE op_word_##t op_word_of_##t(op_number_##t x) { return (op_word_##t)x; }                   \
  INLINE op_number_##t op_number_of_##t(op_word_##t u) { return (op_number_##t)u; }               \
  INLINE one_word_##t one_word_of_##t(one_number_##t x) {                                         \
    one_word_##t u;                                                                               \
    __builtin_memcpy(&u, &x, sizeof u);                                                           \
    return u;                                                                                     \
  }                                                                                               \
  INLINE one_number_##t one_number_of_##t(one_word_##t u) {                                       \
    one_number_##t x;                                                                             \
    __builtin_memcpy(&x, &u, sizeof x);                                                           \
    return x;                                                                                     \
  }
WORDS(f32, i32)
WORDS(f64, i64)
#undef WORDS

#define JOIN_(a, b, c) a##b##c
#define JOIN(a, b, c) JOIN_(a, b, c)
#define F JOIN(KIND, _number_, DTYPE)
#define U JOIN(KIND, _word_, DTYPE)
#define BITS(x) JOIN(KIND, _word_of_, DTYPE)(x)
#define FLOAT(u) JOIN(KIND, _number_of_, DTYPE)(u)
#define NAME(f) JOIN(KIND, _##f##_, DTYPE)
#define UNLESS JOIN(UNLESS_, KIND, )
#define SHORTCUT JOIN(SHORTCUT_, KIND, )
#define SHORTCUT_op(c, statement, x)
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
#define SHORTCUT_one(c, statement, x) \
  if (c) {                            \
    statement;                        \
    return x;                         \
  }
#else
#define UNLESS_op(c, x, y) ((void)(x), (y))
#define UNLESS_one(c, x, y) ((void)(x), (y))
#define SHORTCUT_one(c, statement, x)
#endif
#define ABS(x) __builtin_elementwise_abs(x)
#define COPYSIGN(x, y) __builtin_elementwise_copysign(x, y)
#define SELECT(c, x, y) ((c) ? (x) : (y))
#define LESSER(x, y) ((x) < (y) ? (x) : (y))
#define GREATER(x, y) ((x) > (y) ? (x) : (y))
#define K(c) ((F)(c))
#define BK(c) ((U)(c))

#define TEXT_f32(...) __VA_ARGS__
#define TEXT_f64(...)
#define DTYPE f32
#define KIND op
#include "elementary.h"
#include "relaxed.h"
#undef KIND
#define KIND one
#include "elementary.h"
#include "relaxed.h"
#undef KIND
#undef DTYPE
#undef TEXT_f32
#undef TEXT_f64

#define TEXT_f32(...)
#define TEXT_f64(...) __VA_ARGS__
#define DTYPE f64
#define KIND op
#include "elementary.h"
#include "relaxed.h"
#undef KIND
#define KIND one
#include "elementary.h"
#include "relaxed.h"
#undef KIND
#undef DTYPE
#undef TEXT_f32
#undef TEXT_f64

#undef JOIN_
#undef JOIN
#undef F
#undef U
#undef BITS
#undef FLOAT
#undef NAME
#undef UNLESS
#undef MA
#undef REST
#undef UNLESS_op
#undef UNLESS_one
#undef SHORTCUT
#undef SHORTCUT_op
#undef SHORTCUT_one
#undef ABS
#undef COPYSIGN
#undef SELECT
#undef LESSER
#undef GREATER
#undef K
#undef BK
