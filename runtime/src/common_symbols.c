// The functions that are the same for every instruction set: BLAS shims, memory, and what code compiled without a C
// library refers to.
#include <string.h>

#include "blas.h"
#include "gradc_runtime.h"
#include "symbols.h"

// MARK: Conversions that libtcc calls instead of emitting them

static uint64_t unsigned_of_double(double x) {
  if (!(x > -1)) return 0;
  if (x >= 0x1p64) return UINT64_MAX;
  return x < 0x1p63 ? (uint64_t)(int64_t)x : (uint64_t)(int64_t)(x - 0x1p63) | (1ULL << 63);
}

static uint64_t unsigned_of_long_double(long double x) {
  if (!(x > -1)) return 0;
  if (x >= 0x1p64L) return UINT64_MAX;
  return x < 0x1p63L ? (uint64_t)(int64_t)x : (uint64_t)(int64_t)(x - 0x1p63L) | (1ULL << 63);
}

static uint64_t unsigned_of_float(float x) { return unsigned_of_double(x); }

static int64_t signed_of_double(double x) {
  return x >= 0x1p63 ? INT64_MAX : x < -0x1p63 ? INT64_MIN : x == x ? (int64_t)x : 0;
}
static int64_t signed_of_float(float x) { return signed_of_double(x); }
static int64_t signed_of_long_double(long double x) {
  return x >= 0x1p63L ? INT64_MAX : x < -0x1p63L ? INT64_MIN : x == x ? (int64_t)x : 0;
}

static float float_of_unsigned(uint64_t x) { return (float)x; }
static double double_of_unsigned(uint64_t x) { return (double)x; }
static long double long_double_of_unsigned(uint64_t x) { return (long double)x; }

// MARK: The table

#define GEMM(t, c)                                                                                        \
  {"blas_gemm_" #t,                                                                                       \
   "void blas_gemm_" #t "(int32_t transA, int32_t transB, int64_t m, int64_t n, int64_t k, " #c           \
   " alpha, const " #c " *a, int64_t lda, const " #c " *b, int64_t ldb, " #c " beta, " #c                 \
   " *c, int64_t ldc)",                                                                                   \
   (const void *)blas_gemm_##t}

const struct gradc_common_symbol gradc_common_symbols[] = {
    GEMM(f32, float),
    GEMM(f64, double),
    GEMM(i32, int32_t),
    GEMM(i64, int64_t),
    {"gradc_aligned_alloc", "void *gradc_aligned_alloc(size_t bytes)", (const void *)gradc_aligned_alloc},
    {"gradc_aligned_free", "void gradc_aligned_free(void *memory)", (const void *)gradc_aligned_free},
    {"memset", "void *memset(void *d, int value, size_t n)", (const void *)memset},
    {"memcpy", "void *memcpy(void *d, const void *s, size_t n)", (const void *)memcpy},
    {"memmove", "void *memmove(void *d, const void *s, size_t n)", (const void *)memmove},
    {"memcmp", "int memcmp(const void *a, const void *b, size_t n)", (const void *)memcmp},
    {"__fixunssfdi", "uint64_t __fixunssfdi(float x)", (const void *)unsigned_of_float},
    {"__fixunsdfdi", "uint64_t __fixunsdfdi(double x)", (const void *)unsigned_of_double},
    {"__fixunsxfdi", "uint64_t __fixunsxfdi(long double x)", (const void *)unsigned_of_long_double},
    {"__fixsfdi", "int64_t __fixsfdi(float x)", (const void *)signed_of_float},
    {"__fixdfdi", "int64_t __fixdfdi(double x)", (const void *)signed_of_double},
    {"__fixxfdi", "int64_t __fixxfdi(long double x)", (const void *)signed_of_long_double},
    {"__floatundisf", "float __floatundisf(uint64_t x)", (const void *)float_of_unsigned},
    {"__floatundidf", "double __floatundidf(uint64_t x)", (const void *)double_of_unsigned},
    {"__floatundixf", "long double __floatundixf(uint64_t x)", (const void *)long_double_of_unsigned},
};

const size_t gradc_common_symbol_count = sizeof gradc_common_symbols / sizeof gradc_common_symbols[0];
