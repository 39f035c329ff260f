// Vectors of 32 bytes; parts of vectors by masked loads and stores where AVX2 has them, else by padded locals.
#include <immintrin.h>

#include "types.h"

#define VARIANT(name) name##_avx2
#define TABLE_NAME gradc_table_avx2
#define TARGET "avx2,fma,bmi,bmi2,lzcnt,popcnt"
#define HAS_FMA 1

#define HAS_AVX512 0

#define L_f32 8
#define L_f64 4
#define L_i32 8
#define L_i64 4
#define L_bool 32

// Four vectors as one, where the compiler does better on these.
#define WIDE_f32 32
#define WIDE_f64 16
#define WIDE_i32 32
#define WIDE_i64 16
#define WIDE_bool L_bool

#define SLEEF_VECTOR_f32(f, u) Sleef_finz_##f##f8_##u##avx2
#define SLEEF_VECTOR_f64(f, u) Sleef_finz_##f##d4_##u##avx2
#define SLEEF_SCALAR_f32(f, u) Sleef_finz_##f##f1_##u##purecfma
#define SLEEF_SCALAR_f64(f, u) Sleef_finz_##f##d1_##u##purecfma

// See vec_avx512.h.
#define SLEEF_BY_ADDRESS 1
#define SLEEF_CALL_1 "gradc_call_1_avx2"
#define SLEEF_CALL_2 "gradc_call_2_avx2"
__asm__(
    ".text\n"
    ".p2align 4\n" SLEEF_CALL_1 ":\n"
    "vmovups (%rdi), %ymm0\n"
    "jmp *%rsi\n"
    ".p2align 4\n" SLEEF_CALL_2 ":\n"
    "vmovups (%rdi), %ymm0\n"
    "vmovups (%rsi), %ymm1\n"
    "jmp *%rdx\n");

#pragma clang attribute push(__attribute__((target(TARGET))), apply_to = function)

#include "vec_part.h"

INLINE __m256i first_32(int64_t r) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)r), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE __m128i first_32x4(int64_t r) {
  return _mm_cmpgt_epi32(_mm_set1_epi32((int)r), _mm_setr_epi32(0, 1, 2, 3));
}
INLINE __m256i first_64(int64_t r) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(r), _mm256_setr_epi64x(0, 1, 2, 3));
}

#define MASKED_PART(t, lanes, first, load, store, pointer, cast)                   \
  INLINE VEC_(t, lanes) load_part_##t##x##lanes(const C_##t *p, int64_t r) {       \
    return (VEC_(t, lanes))load((const pointer *)p, first(r));                     \
  }                                                                                \
  INLINE void store_part_##t##x##lanes(C_##t *p, VEC_(t, lanes) v, int64_t r) {    \
    store((pointer *)p, first(r), (cast)v);                                        \
  }

MASKED_PART(f32, 8, first_32, _mm256_maskload_ps, _mm256_maskstore_ps, float, __m256)
MASKED_PART(f32, 4, first_32x4, _mm_maskload_ps, _mm_maskstore_ps, float, __m128)
MASKED_PART(i32, 8, first_32, _mm256_maskload_epi32, _mm256_maskstore_epi32, int, __m256i)
MASKED_PART(i32, 4, first_32x4, _mm_maskload_epi32, _mm_maskstore_epi32, int, __m128i)
MASKED_PART(f64, 4, first_64, _mm256_maskload_pd, _mm256_maskstore_pd, double, __m256d)
MASKED_PART(i64, 4, first_64, _mm256_maskload_epi64, _mm256_maskstore_epi64, long long, __m256i)
PADDED_PART(bool, 32)
PADDED_PART(bool, 8)
PADDED_PART(bool, 4)
