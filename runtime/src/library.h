// Routines on whole matrices and rows, for batches of them: what kernel IR calls by name.
//
// A batch has slices at multiples of a stride, each dense and row-major. A matrix for which a routine fails becomes NaN;
// nothing is printed, allocated or ended. Meaning and sizes of workspaces are in Sources/KernelIR/Library.
#ifndef GRADC_LIBRARY_H
#define GRADC_LIBRARY_H

#include <stdint.h>

// ROUTINE(name, dtype, parameters) for every routine; T is the dtype's C type.
#define LIBRARY_ROUTINES(ROUTINE, t, T)                                                                          \
  ROUTINE(cholesky, t, (int64_t batch, int64_t n, const T *a, int64_t a_stride, T *l, int64_t l_stride))         \
  ROUTINE(triangular_solve, t,                                                                                   \
          (int64_t batch, int64_t n, int64_t columns, int64_t lower, int64_t transposed, int64_t unit,           \
           int64_t left, const T *a, int64_t a_stride, const T *b, int64_t b_stride, T *x, int64_t x_stride))    \
  ROUTINE(lu, t,                                                                                                 \
          (int64_t batch, int64_t m, int64_t n, const T *a, int64_t a_stride, T *lu, int64_t lu_stride,          \
           int32_t *pivots, int64_t pivots_stride, int32_t *permutation, int64_t permutation_stride))            \
  ROUTINE(adjugate, t,                                                                                           \
          (int64_t batch, int64_t n, const T *a, int64_t a_stride, T *c, int64_t c_stride, uint8_t *workspace))  \
  ROUTINE(qr, t,                                                                                                 \
          (int64_t batch, int64_t m, int64_t n, int64_t full, const T *a, int64_t a_stride, T *q,                \
           int64_t q_stride, T *r, int64_t r_stride, uint8_t *workspace))                                        \
  ROUTINE(eigh, t,                                                                                               \
          (int64_t batch, int64_t n, int64_t vectors, const T *a, int64_t a_stride, T *w, int64_t w_stride,      \
           T *v, int64_t v_stride, uint8_t *workspace))                                                          \
  ROUTINE(svd, t,                                                                                                \
          (int64_t batch, int64_t m, int64_t n, int64_t vectors, const T *a, int64_t a_stride, T *u,             \
           int64_t u_stride, T *s, int64_t s_stride, T *vh, int64_t vh_stride, uint8_t *workspace))

#define LIBRARY_SCANS(ROUTINE, t, T)                                                                             \
  LIBRARY_CUMULATE(ROUTINE, cumsum, t, T)                                                                        \
  LIBRARY_CUMULATE(ROUTINE, cumprod, t, T)                                                                       \
  LIBRARY_CUMULATE(ROUTINE, cummax, t, T)                                                                        \
  LIBRARY_CUMULATE(ROUTINE, cummin, t, T)                                                                        \
  ROUTINE(linear_recurrence, t,                                                                                  \
          (int64_t batch, int64_t n, int64_t reversed, int64_t lagged, const T *a, int64_t a_stride, const T *b, \
           int64_t b_stride, T *z, int64_t z_stride))
#define LIBRARY_CUMULATE(ROUTINE, name, t, T)                                                                    \
  ROUTINE(name, t,                                                                                               \
          (int64_t batch, int64_t n, int64_t reversed, int64_t exclusive, const T *x, int64_t x_stride, T *y,    \
           int64_t y_stride))

// The same for every dtype.
#define LIBRARY_SORTS(ROUTINE, t, T)                                                                             \
  ROUTINE(argsort, t,                                                                                            \
          (int64_t batch, int64_t n, int64_t descending, const T *x, int64_t x_stride, int64_t *order,           \
           int64_t order_stride, uint8_t *workspace))

#define LIBRARY_DECLARATION(name, t, parameters) void library_##name##_##t parameters;
LIBRARY_ROUTINES(LIBRARY_DECLARATION, f32, float)
LIBRARY_ROUTINES(LIBRARY_DECLARATION, f64, double)
LIBRARY_SCANS(LIBRARY_DECLARATION, f32, float)
LIBRARY_SCANS(LIBRARY_DECLARATION, f64, double)
LIBRARY_SORTS(LIBRARY_DECLARATION, f32, float)
LIBRARY_SORTS(LIBRARY_DECLARATION, f64, double)
LIBRARY_SORTS(LIBRARY_DECLARATION, i32, int32_t)
LIBRARY_SORTS(LIBRARY_DECLARATION, i64, int64_t)
LIBRARY_SORTS(LIBRARY_DECLARATION, bool, uint8_t)

#endif
