// What each op does to one vector (`op_<name>_<dtype>`) and to one element (`one_<name>_<dtype>`).
//
// The two must give the same bits. Integer arithmetic runs on unsigned types, where overflow is defined.

#include "math_list.h"

// An fma is an op of its own, never the compiler's choice.
#pragma STDC FP_CONTRACT OFF
#pragma clang fp contract(off)

#define NATIVE(t) VEC(t, L_##t)
#define WITH_LANES_OF(t, other) VEC(t, L_##other)

typedef NATIVE(f32) vec_f32;
typedef NATIVE(f64) vec_f64;
typedef NATIVE(i32) vec_i32;
typedef NATIVE(i64) vec_i64;
typedef NATIVE(bool) vec_bool;
typedef WITH_LANES_OF(i32, f32) mask_f32;
typedef WITH_LANES_OF(i64, f64) mask_f64;
typedef WITH_LANES_OF(i32, i32) mask_i32;
typedef WITH_LANES_OF(i64, i64) mask_i64;
typedef WITH_LANES_OF(i8, bool) mask_bool;
typedef WITH_LANES_OF(u32, i32) bits_i32;
typedef WITH_LANES_OF(u64, i64) bits_i64;
typedef uint32_t one_bits_i32;
typedef uint64_t one_bits_i64;
typedef WITH_LANES_OF(bool, f32) flags_f32;
typedef WITH_LANES_OF(bool, f64) flags_f64;
typedef WITH_LANES_OF(bool, i32) flags_i32;
typedef WITH_LANES_OF(bool, i64) flags_i64;
typedef WITH_LANES_OF(bool, bool) flags_bool;

/// The result of a comparison as bool: 0 or 1.
#define FLAGS(t, lanes, comparison) \
  (__builtin_convertvector((VEC(MASK_##t, lanes))(comparison), VEC(bool, lanes)) & (VEC(bool, lanes))(uint8_t)1)

// MARK: Operators, select, min and max

#define SELECT_OP(t)                                                                     \
  INLINE vec_##t op_select_##t(flags_##t c, vec_##t x, vec_##t y) {                      \
    return __builtin_convertvector((WITH_LANES_OF(i8, t))(c != 0), mask_##t) ? x : y;    \
  }

SELECT_OP(f32)
SELECT_OP(f64)
SELECT_OP(i32)
SELECT_OP(i64)
SELECT_OP(bool)

// Without the instruction an fma is a call of libm for every element, too much code to repeat.
#if HAS_FMA
#define FMA_INLINE INLINE
#else
#define FMA_INLINE static __attribute__((noinline))
#endif

#define FLOAT_OPS(t)                                                                                       \
  INLINE vec_##t op_add_##t(vec_##t x, vec_##t y) { return x + y; }                                        \
  INLINE vec_##t op_sub_##t(vec_##t x, vec_##t y) { return x - y; }                                        \
  INLINE vec_##t op_rsub_##t(vec_##t x, vec_##t y) { return y - x; }                                       \
  INLINE vec_##t op_mul_##t(vec_##t x, vec_##t y) { return x * y; }                                        \
  INLINE vec_##t op_div_##t(vec_##t x, vec_##t y) { return x / y; }                                        \
  INLINE vec_##t op_neg_##t(vec_##t x) { return -x; }                                                      \
  INLINE vec_##t op_abs_##t(vec_##t x) { return __builtin_elementwise_abs(x); }                            \
  INLINE vec_##t op_sign_##t(vec_##t x) {                                                                  \
    vec_##t zero = (C_##t)0, one = (C_##t)1;                                                               \
    return (x > zero) ? one : ((x < zero) ? -one : x);                                                     \
  }                                                                                                        \
  INLINE vec_##t op_max_##t(vec_##t x, vec_##t y) { return (x != x) ? x : ((x > y) ? x : y); }             \
  INLINE vec_##t op_min_##t(vec_##t x, vec_##t y) { return (x != x) ? x : ((x < y) ? x : y); }             \
  INLINE vec_##t op_sqrt_##t(vec_##t x) { return __builtin_elementwise_sqrt(x); }                          \
  INLINE vec_##t op_rsqrt_##t(vec_##t x) { return (vec_##t)(C_##t)1 / __builtin_elementwise_sqrt(x); }     \
  INLINE vec_##t op_floor_##t(vec_##t x) { return __builtin_elementwise_floor(x); }                        \
  INLINE vec_##t op_ceil_##t(vec_##t x) { return __builtin_elementwise_ceil(x); }                          \
  INLINE vec_##t op_round_##t(vec_##t x) { return __builtin_elementwise_roundeven(x); }                    \
  INLINE vec_##t op_trunc_##t(vec_##t x) { return __builtin_elementwise_trunc(x); }                        \
  FMA_INLINE vec_##t op_fma_##t(vec_##t x, vec_##t y, vec_##t z) { return __builtin_elementwise_fma(x, y, z); } \
  INLINE vec_##t op_fms_##t(vec_##t x, vec_##t y, vec_##t z) { return op_fma_##t(x, y, -z); }              \
  INLINE vec_##t op_fnma_##t(vec_##t x, vec_##t y, vec_##t z) { return op_fma_##t(-x, y, z); }             \
  INLINE vec_##t op_square_##t(vec_##t x) { return x * x; }                                                \
  INLINE vec_##t op_copysign_##t(vec_##t x, vec_##t y) { return __builtin_elementwise_copysign(x, y); }     \
  /* The bits of neighbours are neighbours, away from 0 by one more. */                                     \
  INLINE vec_##t op_nextafter_##t(vec_##t x, vec_##t y) {                                                   \
    vec_##t zero = 0;                                                                                       \
    mask_##t up = 1, down = -1;                                                                             \
    vec_##t z = (vec_##t)((mask_##t)x + (((mask_##t)(x > zero) == (mask_##t)(x < y)) ? up : down));         \
    vec_##t least = __builtin_elementwise_copysign((vec_##t)up, y);                                         \
    z = (x == zero) ? least : z;                                                                            \
    z = (x == y) ? y : z;                                                                                   \
    return ((x != x) | (y != y)) ? x + y : z;                                                               \
  }                                                                                                        \
  INLINE C_##t one_copysign_##t(C_##t x, C_##t y) { return __builtin_elementwise_copysign(x, y); }          \
  INLINE C_##t one_add_##t(C_##t x, C_##t y) { return x + y; }                                             \
  INLINE C_##t one_mul_##t(C_##t x, C_##t y) { return x * y; }                                             \
  INLINE C_##t one_sign_##t(C_##t x) { return x > 0 ? (C_##t)1 : x < 0 ? (C_##t)-1 : x; }                  \
  INLINE C_##t one_max_##t(C_##t x, C_##t y) { return x != x ? x : x > y ? x : y; }                        \
  INLINE C_##t one_min_##t(C_##t x, C_##t y) { return x != x ? x : x < y ? x : y; }                        \
  INLINE C_##t one_abs_##t(C_##t x) { return __builtin_elementwise_abs(x); }                               \
  INLINE C_##t one_sqrt_##t(C_##t x) { return __builtin_elementwise_sqrt(x); }                             \
  INLINE C_##t one_rsqrt_##t(C_##t x) { return (C_##t)1 / __builtin_elementwise_sqrt(x); }                 \
  INLINE C_##t one_floor_##t(C_##t x) { return __builtin_elementwise_floor(x); }                           \
  INLINE C_##t one_ceil_##t(C_##t x) { return __builtin_elementwise_ceil(x); }                             \
  INLINE C_##t one_round_##t(C_##t x) { return __builtin_elementwise_roundeven(x); }                       \
  INLINE C_##t one_trunc_##t(C_##t x) { return __builtin_elementwise_trunc(x); }                           \
  INLINE C_##t one_fma_##t(C_##t x, C_##t y, C_##t z) { return __builtin_elementwise_fma(x, y, z); }

FLOAT_OPS(f32)
FLOAT_OPS(f64)
INLINE float one_nextafter_f32(float x, float y) { return __builtin_nextafterf(x, y); }
INLINE double one_nextafter_f64(double x, double y) { return __builtin_nextafter(x, y); }

// What reads an operand twice: in a step it is loaded once.
#define SELF_OPS(t)                                                                             \
  INLINE vec_##t self_add_##t(vec_##t x, vec_##t y) { return (x + y) * x; }                     \
  INLINE vec_##t self_sub_##t(vec_##t x, vec_##t y) { return (x - y) * x; }                     \
  INLINE vec_##t self_rsub_##t(vec_##t x, vec_##t y) { return (y - x) * x; }                    \
  INLINE vec_##t self_fma_##t(vec_##t x, vec_##t y) { return op_fma_##t(x, x, y); }             \
  INLINE vec_##t self_fnma_##t(vec_##t x, vec_##t y) { return op_fma_##t(-x, x, y); }           \
  INLINE vec_##t sum_of_square_##t(vec_##t x, vec_##t y) { return op_fma_##t(x, x, y); }

SELF_OPS(f32)
SELF_OPS(f64)

#define WIDTH_i32 32
#define WIDTH_i64 64
/// 1 in every byte.
#define EACH_BYTE_i32 0x01010101u
#define EACH_BYTE_i64 0x0101010101010101u

#define INTEGER_OPS(t)                                                                                         \
  INLINE vec_##t op_add_##t(vec_##t x, vec_##t y) { return (vec_##t)((bits_##t)x + (bits_##t)y); }             \
  INLINE vec_##t op_sub_##t(vec_##t x, vec_##t y) { return (vec_##t)((bits_##t)x - (bits_##t)y); }             \
  INLINE vec_##t op_mul_##t(vec_##t x, vec_##t y) { return (vec_##t)((bits_##t)x * (bits_##t)y); }             \
  INLINE vec_##t op_neg_##t(vec_##t x) { return (vec_##t)((bits_##t)0 - (bits_##t)x); }                        \
  INLINE vec_##t op_abs_##t(vec_##t x) { return (x < 0) ? op_neg_##t(x) : x; }                                 \
  INLINE vec_##t op_sign_##t(vec_##t x) {                                                                      \
    vec_##t one = 1, zero = 0;                                                                                 \
    return (x > 0) ? one : ((x < 0) ? -one : zero);                                                            \
  }                                                                                                            \
  INLINE vec_##t op_max_##t(vec_##t x, vec_##t y) { return (x > y) ? x : y; }                                  \
  INLINE vec_##t op_min_##t(vec_##t x, vec_##t y) { return (x < y) ? x : y; }                                  \
  INLINE vec_##t op_and_##t(vec_##t x, vec_##t y) { return x & y; }                                            \
  INLINE vec_##t op_or_##t(vec_##t x, vec_##t y) { return x | y; }                                             \
  INLINE vec_##t op_xor_##t(vec_##t x, vec_##t y) { return x ^ y; }                                            \
  INLINE vec_##t op_not_##t(vec_##t x) { return ~x; }                                                          \
  /* With the divisors 0 and -1 out of the way the quotient is defined. */                                     \
  INLINE vec_##t op_div_##t(vec_##t x, vec_##t y) {                                                            \
    vec_##t one = 1, zero = 0;                                                                                 \
    vec_##t q = quotient_##t(x, ((y == 0) | (y == -1)) ? one : y);                                             \
    return (y == 0) ? zero : ((y == -1) ? op_neg_##t(x) : q);                                                  \
  }                                                                                                            \
  INLINE vec_##t op_rem_##t(vec_##t x, vec_##t y) { return op_sub_##t(x, op_mul_##t(op_div_##t(x, y), y)); }   \
  INLINE vec_##t op_shl_##t(vec_##t x, vec_##t y) {                                                            \
    bits_##t width = WIDTH_##t, n = (bits_##t)y, zero = 0;                                                     \
    return (vec_##t)((n < width) ? (bits_##t)x << (n & (width - 1)) : zero);                                   \
  }                                                                                                            \
  INLINE vec_##t op_lshr_##t(vec_##t x, vec_##t y) {                                                           \
    bits_##t width = WIDTH_##t, n = (bits_##t)y, zero = 0;                                                     \
    return (vec_##t)((n < width) ? (bits_##t)x >> (n & (width - 1)) : zero);                                   \
  }                                                                                                            \
  INLINE vec_##t op_ashr_##t(vec_##t x, vec_##t y) {                                                           \
    bits_##t width = WIDTH_##t, n = (bits_##t)y;                                                               \
    return x >> (vec_##t)((n < width) ? n : width - 1);                                                        \
  }                                                                                                            \
  /* Sums of 2, of 4 and of 8 bits side by side, and then of all bytes. */                                     \
  INLINE vec_##t op_popcount_##t(vec_##t x) {                                                                  \
    bits_##t n = (bits_##t)x, ones = EACH_BYTE_##t;                                                            \
    n -= (n >> 1) & (ones * 0x55);                                                                             \
    n = (n & (ones * 0x33)) + ((n >> 2) & (ones * 0x33));                                                      \
    n = (n + (n >> 4)) & (ones * 0x0f);                                                                        \
    return (vec_##t)((n * ones) >> (WIDTH_##t - 8));                                                           \
  }                                                                                                            \
  INLINE C_##t one_shl_##t(C_##t x, C_##t y) {                                                                 \
    return (one_bits_##t)y < WIDTH_##t ? (C_##t)((one_bits_##t)x << y) : 0;                                    \
  }                                                                                                            \
  INLINE C_##t one_lshr_##t(C_##t x, C_##t y) {                                                                \
    return (one_bits_##t)y < WIDTH_##t ? (C_##t)((one_bits_##t)x >> y) : 0;                                    \
  }                                                                                                            \
  INLINE C_##t one_ashr_##t(C_##t x, C_##t y) { return x >> ((one_bits_##t)y < WIDTH_##t ? y : WIDTH_##t - 1); } \
  INLINE C_##t one_popcount_##t(C_##t x) { return __builtin_popcountll((one_bits_##t)x); }                     \
  INLINE C_##t one_add_##t(C_##t x, C_##t y) { return (C_##t)((one_bits_##t)x + (one_bits_##t)y); }            \
  INLINE C_##t one_mul_##t(C_##t x, C_##t y) { return (C_##t)((one_bits_##t)x * (one_bits_##t)y); }            \
  INLINE C_##t one_neg_##t(C_##t x) { return (C_##t)(0 - (one_bits_##t)x); }                                   \
  INLINE C_##t one_abs_##t(C_##t x) { return x < 0 ? one_neg_##t(x) : x; }                                     \
  INLINE C_##t one_sign_##t(C_##t x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }                                    \
  INLINE C_##t one_max_##t(C_##t x, C_##t y) { return x > y ? x : y; }                                         \
  INLINE C_##t one_min_##t(C_##t x, C_##t y) { return x < y ? x : y; }                                         \
  INLINE C_##t one_div_##t(C_##t x, C_##t y) { return y == 0 ? 0 : y == -1 ? one_neg_##t(x) : x / y; }         \
  INLINE C_##t one_rem_##t(C_##t x, C_##t y) { return y == 0 ? x : y == -1 ? 0 : x % y; }

// The double-precision quotient of two 32-bit integers never rounds up to the next integer.
INLINE vec_i32 quotient_i32(vec_i32 x, vec_i32 y) {
  typedef WITH_LANES_OF(f64, i32) wide;
  return __builtin_convertvector(__builtin_convertvector(x, wide) / __builtin_convertvector(y, wide), vec_i32);
}

INLINE vec_i64 quotient_i64(vec_i64 x, vec_i64 y) { return x / y; }

INTEGER_OPS(i32)
INTEGER_OPS(i64)

INLINE vec_bool op_and_bool(vec_bool x, vec_bool y) { return x & y; }
INLINE vec_bool op_or_bool(vec_bool x, vec_bool y) { return x | y; }
INLINE vec_bool op_xor_bool(vec_bool x, vec_bool y) { return x ^ y; }
INLINE vec_bool op_not_bool(vec_bool x) { return x ^ (uint8_t)1; }
INLINE uint8_t one_and_bool(uint8_t x, uint8_t y) { return x & y; }
INLINE uint8_t one_or_bool(uint8_t x, uint8_t y) { return x | y; }

// MARK: Functions from SLEEF

#if SLEEF_LANE_BY_LANE
#define MATH_VECTOR_UNARY(op, f, u, t)                                                   \
  INLINE vec_##t op_##op##_##t(vec_##t x) {                                              \
    vec_##t y;                                                                           \
    for (int k = 0; k < L_##t; k++) y[k] = SLEEF_SCALAR_##t(f, u)(x[k]);                 \
    return y;                                                                            \
  }
#define MATH_VECTOR_BINARY(op, f, u, t)                                                  \
  INLINE vec_##t op_##op##_##t(vec_##t x, vec_##t y) {                                   \
    vec_##t z;                                                                           \
    for (int k = 0; k < L_##t; k++) z[k] = SLEEF_SCALAR_##t(f, u)(x[k], y[k]);           \
    return z;                                                                            \
  }
#elif SLEEF_BY_ADDRESS
typedef void (*sleef_function)(void);
vec_f32 sleef_call_1_f32(const vec_f32 *, sleef_function) __asm__(SLEEF_CALL_1);
vec_f64 sleef_call_1_f64(const vec_f64 *, sleef_function) __asm__(SLEEF_CALL_1);
vec_f32 sleef_call_2_f32(const vec_f32 *, const vec_f32 *, sleef_function) __asm__(SLEEF_CALL_2);
vec_f64 sleef_call_2_f64(const vec_f64 *, const vec_f64 *, sleef_function) __asm__(SLEEF_CALL_2);
#define MATH_VECTOR_UNARY(op, f, u, t)  \
  void SLEEF_VECTOR_##t(f, u)(void);    \
  INLINE vec_##t op_##op##_##t(vec_##t x) { return sleef_call_1_##t(&x, SLEEF_VECTOR_##t(f, u)); }
#define MATH_VECTOR_BINARY(op, f, u, t) \
  void SLEEF_VECTOR_##t(f, u)(void);    \
  INLINE vec_##t op_##op##_##t(vec_##t x, vec_##t y) { return sleef_call_2_##t(&x, &y, SLEEF_VECTOR_##t(f, u)); }
#else
// Declared here, not by sleef.h, because it hides what the compiler's default target lacks.
#define MATH_VECTOR_UNARY(op, f, u, t)          \
  vec_##t SLEEF_VECTOR_##t(f, u)(vec_##t);      \
  INLINE vec_##t op_##op##_##t(vec_##t x) { return SLEEF_VECTOR_##t(f, u)(x); }
#define MATH_VECTOR_BINARY(op, f, u, t)             \
  vec_##t SLEEF_VECTOR_##t(f, u)(vec_##t, vec_##t); \
  INLINE vec_##t op_##op##_##t(vec_##t x, vec_##t y) { return SLEEF_VECTOR_##t(f, u)(x, y); }
#endif

#define MATH_UNARY(op, f, u, t)                                                     \
  C_##t SLEEF_SCALAR_##t(f, u)(C_##t);                                              \
  INLINE C_##t one_##op##_##t(C_##t x) { return SLEEF_SCALAR_##t(f, u)(x); }        \
  MATH_VECTOR_UNARY(op, f, u, t)
#define MATH_BINARY(op, f, u, t)                                                           \
  C_##t SLEEF_SCALAR_##t(f, u)(C_##t, C_##t);                                              \
  INLINE C_##t one_##op##_##t(C_##t x, C_##t y) { return SLEEF_SCALAR_##t(f, u)(x, y); }   \
  MATH_VECTOR_BINARY(op, f, u, t)

#define MATH_UNARY_BOTH(op, f, u) MATH_UNARY(op, f, u, f32) MATH_UNARY(op, f, u, f64)
#define MATH_BINARY_BOTH(op, f, u) MATH_BINARY(op, f, u, f32) MATH_BINARY(op, f, u, f64)
MATH_UNARY_LIST(MATH_UNARY_BOTH)
MATH_NEAR_LIST(MATH_UNARY_BOTH)
MATH_BINARY_LIST(MATH_BINARY_BOTH)

#include "functions.h"

// Where SLEEF gives infinity too early other formulas take over, each written once for vectors and elements.
#define FAR_VALUES(type, prefix, t)                                                                         \
  INLINE type prefix##_far_log1p_##t(type x) { return prefix##_log_##t(x); }                                \
  INLINE type prefix##_far_acosh_##t(type x) { return prefix##_log_##t(x) + (C_##t)0.69314718055994530942; } \
  INLINE type prefix##_far_asinh_##t(type x) {                                                              \
    return __builtin_elementwise_copysign(prefix##_far_acosh_##t(__builtin_elementwise_abs(x)), x);         \
  }                                                                                                         \
  INLINE type prefix##_far_cosh_##t(type x) {                                                               \
    type root = prefix##_exp_##t(__builtin_elementwise_abs(x) * (C_##t)0.5);                                \
    return root * (C_##t)0.5 * root;                                                                        \
  }                                                                                                         \
  INLINE type prefix##_far_sinh_##t(type x) {                                                               \
    return __builtin_elementwise_copysign(prefix##_far_cosh_##t(x), x);                                     \
  }                                                                                                         \
  INLINE type prefix##_far_lgamma_##t(type x) { return x * (prefix##_log_##t(x) - (C_##t)1); }
FAR_VALUES(vec_f32, op, f32)
FAR_VALUES(vec_f64, op, f64)
FAR_VALUES(float, one, f32)
FAR_VALUES(double, one, f64)

#define POSITIVE(x) (x)
#define EITHER_SIGN(x) __builtin_elementwise_abs(x)
#define NEAR_OR_FAR(op, t, SIZE, limit)                                             \
  INLINE vec_##t op_##op##_##t(vec_##t x) {                                         \
    vec_##t y = op_##op##_near_##t(x);                                              \
    mask_##t far = (mask_##t)(SIZE(x) > (vec_##t)(C_##t)(limit));                   \
    if (__builtin_reduce_or(far)) y = far ? op_far_##op##_##t(x) : y;               \
    return y;                                                                       \
  }                                                                                 \
  INLINE C_##t one_##op##_##t(C_##t x) {                                            \
    return SIZE(x) > (C_##t)(limit) ? one_far_##op##_##t(x) : one_##op##_near_##t(x); \
  }
NEAR_OR_FAR(log1p, f32, POSITIVE, 0x1p60)
NEAR_OR_FAR(log1p, f64, POSITIVE, 0x1p60)
NEAR_OR_FAR(acosh, f32, POSITIVE, 0x1p40)
NEAR_OR_FAR(acosh, f64, POSITIVE, 0x1p40)
NEAR_OR_FAR(asinh, f32, EITHER_SIGN, 0x1p40)
NEAR_OR_FAR(asinh, f64, EITHER_SIGN, 0x1p40)
NEAR_OR_FAR(cosh, f32, EITHER_SIGN, 88)
NEAR_OR_FAR(cosh, f64, EITHER_SIGN, 709)
NEAR_OR_FAR(sinh, f32, EITHER_SIGN, 88)
NEAR_OR_FAR(sinh, f64, EITHER_SIGN, 709)
NEAR_OR_FAR(lgamma, f32, POSITIVE, 0x1p120)
NEAR_OR_FAR(lgamma, f64, POSITIVE, 0x1p1000)

#define LOGISTIC(t)                                                                                            \
  INLINE vec_##t op_logistic_##t(vec_##t x) { return (vec_##t)(C_##t)1 / ((vec_##t)(C_##t)1 + op_exp_##t(-x)); } \
  INLINE C_##t one_logistic_##t(C_##t x) { return (C_##t)1 / ((C_##t)1 + one_exp_##t(-x)); }
LOGISTIC(f32)
LOGISTIC(f64)

// MARK: Floating remainder, exact

INLINE float one_rem_f32(float x, float y) { return __builtin_fmodf(x, y); }
INLINE double one_rem_f64(double x, double y) { return __builtin_fmod(x, y); }

#define REM_EACH_LANE(t)                                                     \
  INLINE vec_##t rem_each_lane_##t(vec_##t x, vec_##t y, vec_##t z, mask_##t done) { \
    for (int k = 0; k < L_##t; k++) {                                        \
      if (!done[k]) z[k] = one_rem_##t(x[k], y[k]);                          \
    }                                                                        \
    return z;                                                                \
  }
REM_EACH_LANE(f32)
REM_EACH_LANE(f64)

// With a quotient below 2^29 the product with a 24-bit divisor fits a double.
INLINE vec_f32 op_rem_f32(vec_f32 x, vec_f32 y) {
  typedef WITH_LANES_OF(f64, f32) wide;
  wide wx = __builtin_elementwise_abs(__builtin_convertvector(x, wide));
  wide wy = __builtin_elementwise_abs(__builtin_convertvector(y, wide));
  wide q = __builtin_elementwise_trunc(wx / wy);
  vec_f32 z = __builtin_elementwise_copysign(__builtin_convertvector(wx - q * wy, vec_f32), x);
  mask_f32 done = __builtin_convertvector((WITH_LANES_OF(i64, f32))(q < (wide)0x1p29), mask_f32);
  done &= (mask_f32)(__builtin_elementwise_abs(y) < (vec_f32)__builtin_inff());
  return __builtin_reduce_and(done) ? z : rem_each_lane_f32(x, y, z, done);
}

// fma gives the remainder of a rounded quotient exactly; the quotient may be one too high.
INLINE vec_f64 op_rem_f64(vec_f64 x, vec_f64 y) {
#if HAS_FMA
  vec_f64 zero = 0, ax = __builtin_elementwise_abs(x), ay = __builtin_elementwise_abs(y);
  vec_f64 q = __builtin_elementwise_trunc(ax / ay);
  vec_f64 r = __builtin_elementwise_fma(-q, ay, ax);
  vec_f64 z = __builtin_elementwise_copysign((r < zero) ? r + ay : r, x);
  mask_f64 done = (mask_f64)((q < (vec_f64)0x1p52) & (ay < (vec_f64)__builtin_inf()));
  return __builtin_reduce_and(done) ? z : rem_each_lane_f64(x, y, z, done);
#else
  return rem_each_lane_f64(x, y, x, (mask_f64)0);
#endif
}
