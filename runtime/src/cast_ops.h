// Casts of one vector (`op_cast_<from>_<to>`) and of one element (`one_cast_<from>_<to>`), and index vectors.

#define CAST_PLAIN(from, to, wide)                                                                \
  INLINE WITH_LANES_OF(to, wide) op_cast_##from##_##to(WITH_LANES_OF(from, wide) x) {             \
    return __builtin_convertvector(x, WITH_LANES_OF(to, wide));                                   \
  }                                                                                               \
  INLINE C_##to one_cast_##from##_##to(C_##from x) { return (C_##to)x; }

CAST_PLAIN(f32, f64, f64)
CAST_PLAIN(f64, f32, f64)
CAST_PLAIN(i32, f32, f32)
CAST_PLAIN(i32, f64, f64)
CAST_PLAIN(i32, i64, i64)
CAST_PLAIN(i64, f32, i64)
CAST_PLAIN(i64, f64, i64)
CAST_PLAIN(i64, i32, i64)
CAST_PLAIN(bool, f32, f32)
CAST_PLAIN(bool, f64, f64)
CAST_PLAIN(bool, i32, i32)
CAST_PLAIN(bool, i64, i64)

// Truncates, saturates, NaN gives 0: C leaves a conversion out of range undefined, so such lanes are replaced first.
// `bits` is the mask type of the source, `limit` the power of two past the largest integer.
#define CAST_SATURATING(from, to, wide, bits, limit, least, most)                                          \
  INLINE WITH_LANES_OF(to, wide) op_cast_##from##_##to(WITH_LANES_OF(from, wide) x) {                      \
    typedef WITH_LANES_OF(from, wide) source;                                                              \
    typedef WITH_LANES_OF(to, wide) result;                                                                \
    typedef WITH_LANES_OF(to, wide) result_mask;                                                           \
    source high = (C_##from)(limit), low = -high, zero = 0;                                                \
    result largest = most, smallest = least;                                                               \
    result y = __builtin_convertvector(((x >= low) & (x < high)) ? x : zero, result);                      \
    result_mask over = __builtin_convertvector((WITH_LANES_OF(bits, wide))(x >= high), result_mask);       \
    result_mask under = __builtin_convertvector((WITH_LANES_OF(bits, wide))(x < low), result_mask);        \
    return over ? largest : (under ? smallest : y);                                                        \
  }                                                                                                        \
  INLINE C_##to one_cast_##from##_##to(C_##from x) {                                                       \
    return x >= (C_##from)(limit) ? most : x < -(C_##from)(limit) ? least : x == x ? (C_##to)x : 0;        \
  }

CAST_SATURATING(f32, i32, f32, i32, 0x1p31, INT32_MIN, INT32_MAX)
CAST_SATURATING(f32, i64, i64, i32, 0x1p63, INT64_MIN, INT64_MAX)
CAST_SATURATING(f64, i32, f64, i64, 0x1p31, INT32_MIN, INT32_MAX)
CAST_SATURATING(f64, i64, f64, i64, 0x1p63, INT64_MIN, INT64_MAX)

/// The vector i, i + 1, i + 2, ...
INLINE vec_i64 op_index_i64(int64_t i) {
  vec_i64 v;
  for (int k = 0; k < L_i64; k++) v[k] = k;
  return v + (vec_i64)i;
}
INLINE vec_i32 op_index_i32(int64_t i) {
  bits_i32 v;
  for (int k = 0; k < L_i32; k++) v[k] = (uint32_t)k;
  return (vec_i32)(v + (bits_i32)(uint32_t)i);
}
// Without AVX-512 small indices convert faster from 32 bits.
#define FEW_BITS(i, t) (!HAS_AVX512 && (i) <= INT32_MAX - L_##t)
INLINE vec_f64 op_index_f64(int64_t i) {
  if (!FEW_BITS(i, f64)) return __builtin_convertvector(op_index_i64(i), vec_f64);
  WITH_LANES_OF(i32, f64) v;
  for (int k = 0; k < L_f64; k++) v[k] = k;
  return __builtin_convertvector(v + (WITH_LANES_OF(i32, f64))(int32_t)i, vec_f64);
}
INLINE vec_f32 op_index_f32(int64_t i) {
  if (FEW_BITS(i, f32)) return __builtin_convertvector(op_index_i32(i), vec_f32);
  WITH_LANES_OF(i64, f32) v;
  for (int k = 0; k < L_f32; k++) v[k] = k;
  return __builtin_convertvector(v + (WITH_LANES_OF(i64, f32))i, vec_f32);
}
