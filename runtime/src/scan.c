// Recurrences along dense rows, each element made of the one before it. Several rows go side by side, since in a row
// every operation waits for the last.
#include <math.h>
#include <stdint.h>

#include "library.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang fp contract(off)

enum { rows_at_once = 4 };

#define ADD(x, y) ((x) + (y))
#define MUL(x, y) ((x) * (y))
// A NaN stays.
#define MAX(x, y) ((x) != (x) ? (x) : (x) > (y) ? (x) : (y))
#define MIN(x, y) ((x) != (x) ? (x) : (x) < (y) ? (x) : (y))

// Rows from `x` and `y` on; `rows` is a constant wherever this is expanded.
#define CUMULATE_ROWS(rows, T, COMBINE, identity)                                                \
  {                                                                                              \
    T sum[rows];                                                                                 \
    for (int r = 0; r < rows; r++) {                                                             \
      sum[r] = exclusive ? (T)(identity) : x[r * x_stride + first];                              \
      y[r * y_stride + first] = sum[r];                                                          \
    }                                                                                            \
    for (int64_t i = 1; i < n; i++) {                                                            \
      int64_t place = first + i * step, source = exclusive ? place - step : place;               \
      for (int r = 0; r < rows; r++) {                                                           \
        T element = x[r * x_stride + source];                                                    \
        sum[r] = COMBINE(sum[r], element);                                                       \
        y[r * y_stride + place] = sum[r];                                                        \
      }                                                                                          \
    }                                                                                            \
    x += rows * x_stride;                                                                        \
    y += rows * y_stride;                                                                        \
  }

#define CUMULATE(name, t, T, COMBINE, identity)                                                                  \
  void library_##name##_##t(int64_t batch, int64_t n, int64_t reversed, int64_t exclusive, const T *x,           \
                            int64_t x_stride, T *y, int64_t y_stride) {                                          \
    int64_t first = reversed ? n - 1 : 0, step = reversed ? -1 : 1;                                              \
    if (n == 0) return;                                                                                          \
    for (; batch >= rows_at_once; batch -= rows_at_once) CUMULATE_ROWS(rows_at_once, T, COMBINE, identity)       \
    for (; batch > 0; batch--) CUMULATE_ROWS(1, T, COMBINE, identity)                                            \
  }

#define RECURRENCE_ROWS(rows, T)                                                                 \
  {                                                                                              \
    T sum[rows];                                                                                 \
    for (int r = 0; r < rows; r++) z[r * z_stride + first] = sum[r] = b[r * b_stride + first];   \
    for (int64_t i = 1; i < n; i++) {                                                            \
      int64_t place = first + i * step, source = lagged ? place - step : place;                  \
      for (int r = 0; r < rows; r++) {                                                           \
        sum[r] = a[r * a_stride + source] * sum[r] + b[r * b_stride + place];                    \
        z[r * z_stride + place] = sum[r];                                                        \
      }                                                                                          \
    }                                                                                            \
    a += rows * a_stride;                                                                        \
    b += rows * b_stride;                                                                        \
    z += rows * z_stride;                                                                        \
  }

#define RECURRENCE(t, T)                                                                                         \
  void library_linear_recurrence_##t(int64_t batch, int64_t n, int64_t reversed, int64_t lagged, const T *a,     \
                                     int64_t a_stride, const T *b, int64_t b_stride, T *z, int64_t z_stride) {   \
    int64_t first = reversed ? n - 1 : 0, step = reversed ? -1 : 1;                                              \
    if (n == 0) return;                                                                                          \
    for (; batch >= rows_at_once; batch -= rows_at_once) RECURRENCE_ROWS(rows_at_once, T)                        \
    for (; batch > 0; batch--) RECURRENCE_ROWS(1, T)                                                             \
  }

#define SCANS(t, T)                          \
  CUMULATE(cumsum, t, T, ADD, 0)             \
  CUMULATE(cumprod, t, T, MUL, 1)            \
  CUMULATE(cummax, t, T, MAX, -INFINITY)     \
  CUMULATE(cummin, t, T, MIN, INFINITY)      \
  RECURRENCE(t, T)

SCANS(f32, float)
SCANS(f64, double)
