// The element types and their vectors.
//
// A vector type is named <dtype>x<lanes>; `VEC(t, lanes)` builds the name from macros. Vectors longer than a register
// are split by the compiler.
#ifndef GRADC_TYPES_H
#define GRADC_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "gradc_runtime.h"

#define C_f32 float
#define C_f64 double
#define C_i32 int32_t
#define C_i64 int64_t
#define C_bool uint8_t

#define VEC_(t, lanes) t##x##lanes
#define VEC(t, lanes) VEC_(t, lanes)
/// The same vector in memory, at the alignment of an element.
#define UNALIGNED_(t, lanes) t##x##lanes##u
#define UNALIGNED(t, lanes) UNALIGNED_(t, lanes)

#define VECTOR_TYPE(t, c, lanes)                                   \
  typedef c VEC_(t, lanes) __attribute__((ext_vector_type(lanes))); \
  typedef VEC_(t, lanes) UNALIGNED_(t, lanes) __attribute__((aligned(sizeof(c)), may_alias));

#define VECTOR_TYPES(t, c) \
  VECTOR_TYPE(t, c, 2)     \
  VECTOR_TYPE(t, c, 4)     \
  VECTOR_TYPE(t, c, 8)     \
  VECTOR_TYPE(t, c, 16)    \
  VECTOR_TYPE(t, c, 32)    \
  VECTOR_TYPE(t, c, 64)

VECTOR_TYPES(f32, float)
VECTOR_TYPES(f64, double)
VECTOR_TYPES(i32, int32_t)
VECTOR_TYPES(i64, int64_t)
VECTOR_TYPES(u32, uint32_t)
VECTOR_TYPES(u64, uint64_t)
VECTOR_TYPES(bool, uint8_t)
VECTOR_TYPES(i8, int8_t)

/// The integer type of a comparison's lanes.
#define MASK_f32 i32
#define MASK_f64 i64
#define MASK_i32 i32
#define MASK_i64 i64
#define MASK_bool i8

#define INLINE static inline __attribute__((always_inline, unused))

#endif
