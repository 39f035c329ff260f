// Vectors of 16 bytes in plain C vector types, for any CPU. SLEEF as the CPU family has it.
#include "types.h"

#define VARIANT(name) name##_baseline
#define TABLE_NAME gradc_table_baseline

#define HAS_AVX512 0

#define L_f32 4
#define L_f64 2
#define L_i32 4
#define L_i64 2
#define L_bool 16

// Four vectors as one, where the compiler does better on these.
#define WIDE_f32 16
#define WIDE_f64 8
#define WIDE_i32 16
#define WIDE_i64 8
#define WIDE_bool L_bool

#if defined(__x86_64__)
#define HAS_FMA 0
#define SLEEF_VECTOR_f32(f, u) Sleef_cinz_##f##f4_##u##sse2
#define SLEEF_VECTOR_f64(f, u) Sleef_cinz_##f##d2_##u##sse2
#define SLEEF_SCALAR_f32(f, u) Sleef_cinz_##f##f1_##u##purec
#define SLEEF_SCALAR_f64(f, u) Sleef_cinz_##f##d1_##u##purec
#elif defined(__aarch64__)
#define HAS_FMA 1
#define SLEEF_VECTOR_f32(f, u) Sleef_finz_##f##f4_##u##advsimd
#define SLEEF_VECTOR_f64(f, u) Sleef_finz_##f##d2_##u##advsimd
#define SLEEF_SCALAR_f32(f, u) Sleef_finz_##f##f1_##u##purecfma
#define SLEEF_SCALAR_f64(f, u) Sleef_finz_##f##d1_##u##purecfma
#else
#define HAS_FMA 0
#define SLEEF_LANE_BY_LANE 1
#define SLEEF_SCALAR_f32(f, u) Sleef_cinz_##f##f1_##u##purec
#define SLEEF_SCALAR_f64(f, u) Sleef_cinz_##f##d1_##u##purec
#endif

#include "vec_part.h"

PADDED_PART(f32, 4)
PADDED_PART(f32, 2)
PADDED_PART(f64, 2)
PADDED_PART(i32, 4)
PADDED_PART(i32, 2)
PADDED_PART(i64, 2)
PADDED_PART(bool, 16)
PADDED_PART(bool, 4)
PADDED_PART(bool, 2)
