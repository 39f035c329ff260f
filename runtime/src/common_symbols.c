// The functions that are the same for every instruction set: matrix products, routines on matrices, memory that grows.
#include "blas.h"
#include "gradc_runtime.h"
#include "library.h"
#include "symbols.h"

#define GEMM(t, c)                                                                                        \
  {"blas_gemm_" #t,                                                                                       \
   "void blas_gemm_" #t "(int32_t transA, int32_t transB, int64_t m, int64_t n, int64_t k, " #c           \
   " alpha, const " #c " *a, int64_t lda, const " #c " *b, int64_t ldb, " #c " beta, " #c                 \
   " *c, int64_t ldc)",                                                                                   \
   (const void *)blas_gemm_##t}

#define SYMMETRIC(t, c)                                                                                   \
  {"blas_symmetric_" #t,                                                                                  \
   "void blas_symmetric_" #t "(int32_t transA, int32_t transB, int64_t first, int64_t last, int64_t k, "  \
   "const " #c " *a, int64_t lda, const " #c " *b, int64_t ldb, " #c " *c, int64_t ldc, int64_t strip, "        \
   "int32_t adds)",   \
   (const void *)blas_symmetric_##t}

#define LIBRARY(name, t, parameters) \
  {"library_" #name "_" #t, "void library_" #name "_" #t #parameters, (const void *)library_##name##_##t},

const struct gradc_common_symbol gradc_common_symbols[] = {
    GEMM(f32, float),
    GEMM(f64, double),
    GEMM(i32, int32_t),
    GEMM(i64, int64_t),
    SYMMETRIC(f32, float),
    SYMMETRIC(f64, double),
    LIBRARY_ROUTINES(LIBRARY, f32, float)
    LIBRARY_ROUTINES(LIBRARY, f64, double)
    LIBRARY_SCANS(LIBRARY, f32, float)
    LIBRARY_SCANS(LIBRARY, f64, double)
    LIBRARY_SORTS(LIBRARY, f32, float)
    LIBRARY_SORTS(LIBRARY, f64, double)
    LIBRARY_SORTS(LIBRARY, i32, int32_t)
    LIBRARY_SORTS(LIBRARY, i64, int64_t)
    LIBRARY_SORTS(LIBRARY, bool, uint8_t)
    {"gradc_tape_reserve", "int32_t gradc_tape_reserve(void *tape, int64_t rows, int64_t row_bytes)",
     (const void *)gradc_tape_reserve},
    {"gradc_parallel_for",
     "void gradc_parallel_for(void (*body)(void *context, int64_t first, int64_t last), void *context, "
     "int64_t count, int64_t chunk)",
     (const void *)gradc_parallel_for},
    {"gradc_prefetch_code", "void gradc_prefetch_code(void)", (const void *)gradc_prefetch_code},
    {"gradc_end_streams", "void gradc_end_streams(void)", (const void *)gradc_end_streams},
};

const size_t gradc_common_symbol_count = sizeof gradc_common_symbols / sizeof gradc_common_symbols[0];
