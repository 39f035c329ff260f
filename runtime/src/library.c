// The files of `library/` for each floating type. Matrices larger than a few rows go to BLAS and LAPACK, both of
// OpenBLAS.
#include "library.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

// A routine's name, that of a function of its own, and those of BLAS, LAPACK and libm.
#define REAL float
#define ROUTINE(name) library_##name##_f32
#define LOCAL(name) name##_f32
#define BLAS(name) cblas_s##name
#define LAPACK(name) s##name##_
#define MATH(name) name##f
#include "library/all.h"

#undef REAL
#undef ROUTINE
#undef LOCAL
#undef BLAS
#undef LAPACK
#undef MATH

#define REAL double
#define ROUTINE(name) library_##name##_f64
#define LOCAL(name) name##_f64
#define BLAS(name) cblas_d##name
#define LAPACK(name) d##name##_
#define MATH(name) name
#include "library/all.h"
