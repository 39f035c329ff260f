// Vectors of 64 bytes; parts of vectors by masked loads and stores.
#include <immintrin.h>

#include "types.h"

#define VARIANT(name) name##_avx512
#define TABLE_NAME gradc_table_avx512
// Never add prefer-256-bit: it changes how 512-bit vectors are passed to SLEEF.
#define TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,fma,bmi,bmi2,lzcnt,popcnt"
#define HAS_FMA 1
/// Comparisons give mask registers, and 64-bit integers convert to floats in one instruction.
#define HAS_AVX512 1

#define L_f32 16
#define L_f64 8
#define L_i32 16
#define L_i64 8
#define L_bool 64

// Not used: see LOOP_WIDE.
#define WIDE_f32 0
#define WIDE_f64 0
#define WIDE_i32 0
#define WIDE_i64 0
#define WIDE_bool 0

#define SLEEF_VECTOR_f32(f, u) Sleef_finz_##f##f16_##u##avx512f
#define SLEEF_VECTOR_f64(f, u) Sleef_finz_##f##d8_##u##avx512f
#define SLEEF_SCALAR_f32(f, u) Sleef_finz_##f##f1_##u##purecfma
#define SLEEF_SCALAR_f64(f, u) Sleef_finz_##f##d1_##u##purecfma

// clang decides from the whole file's target, not the function's, whether a wide vector travels in a register: without
// -mavx it would pass one in memory, where SLEEF does not look. Results are not affected. Hence operands go by address
// to two instructions that put them where SLEEF expects them.
#define SLEEF_BY_ADDRESS 1
#define SLEEF_CALL_1 "gradc_call_1_avx512"
#define SLEEF_CALL_2 "gradc_call_2_avx512"
__asm__(
    ".text\n"
    ".p2align 4\n" SLEEF_CALL_1 ":\n"
    "vmovups (%rdi), %zmm0\n"
    "jmp *%rsi\n"
    ".p2align 4\n" SLEEF_CALL_2 ":\n"
    "vmovups (%rdi), %zmm0\n"
    "vmovups (%rsi), %zmm1\n"
    "jmp *%rdx\n");

#pragma clang attribute push(__attribute__((target(TARGET))), apply_to = function)

#define MASKED_PART(t, lanes, mask, load, store, cast)                                                  \
  INLINE VEC_(t, lanes) load_part_##t##x##lanes(const C_##t *p, int64_t r) {                            \
    return (VEC_(t, lanes))load((mask)_bzhi_u64(~0ULL, (unsigned)r), p);                                \
  }                                                                                                     \
  INLINE void store_part_##t##x##lanes(C_##t *p, VEC_(t, lanes) v, int64_t r) {                         \
    store(p, (mask)_bzhi_u64(~0ULL, (unsigned)r), (cast)v);                                             \
  }

MASKED_PART(f32, 16, __mmask16, _mm512_maskz_loadu_ps, _mm512_mask_storeu_ps, __m512)
MASKED_PART(f32, 8, __mmask8, _mm256_maskz_loadu_ps, _mm256_mask_storeu_ps, __m256)
MASKED_PART(f64, 8, __mmask8, _mm512_maskz_loadu_pd, _mm512_mask_storeu_pd, __m512d)
MASKED_PART(i32, 16, __mmask16, _mm512_maskz_loadu_epi32, _mm512_mask_storeu_epi32, __m512i)
MASKED_PART(i32, 8, __mmask8, _mm256_maskz_loadu_epi32, _mm256_mask_storeu_epi32, __m256i)
MASKED_PART(i64, 8, __mmask8, _mm512_maskz_loadu_epi64, _mm512_mask_storeu_epi64, __m512i)
MASKED_PART(bool, 64, __mmask64, _mm512_maskz_loadu_epi8, _mm512_mask_storeu_epi8, __m512i)
MASKED_PART(bool, 32, __mmask32, _mm256_maskz_loadu_epi8, _mm256_mask_storeu_epi8, __m256i)
MASKED_PART(bool, 16, __mmask16, _mm_maskz_loadu_epi8, _mm_mask_storeu_epi8, __m128i)

INLINE boolx8 load_part_boolx8(const uint8_t *p, int64_t r) {
  return load_part_boolx16(p, r).lo;
}
INLINE void store_part_boolx8(uint8_t *p, boolx8 v, int64_t r) {
  boolx16 w = 0;
  w.lo = v;
  store_part_boolx16(p, w, r);
}
