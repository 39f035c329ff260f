// Products of small matrices, for which a call of BLAS takes longer than the arithmetic. The order of every sum is fixed.
// Matrices are row-major; c is added to if `adds`, and need not be there before if not.
//
// product_rows_<dtype>: one sum for every element of c, in order, each product rounded once with its sum. Matrices have any
// steps, but rows or columns of b are dense; rows that are not are copied first, at most GRADC_PRODUCT_COPY elements.
// product_dots_<dtype>: rows of a and columns of b are dense. A sum is in as many parts as 64 bytes have elements, each of
// every so many-th product, in order and rounded once with its sum, put together by halves.

#define PRODUCT_ROWS(t)                                                                                              \
  KERNEL(void, product_rows_##t,                                                                                     \
         (int64_t m, int64_t n, int64_t k, const C_##t *a, int64_t row_a, int64_t column_a, const C_##t *b,          \
          int64_t row_b, int64_t column_b, C_##t *c, int64_t row_c, int32_t adds),                                   \
         {                                                                                                           \
           C_##t copy[GRADC_PRODUCT_COPY];                                                                           \
           if (column_b != 1) {                                                                                      \
             for (int64_t j = 0; j < n; j++) {                                                                       \
               for (int64_t l = 0; l < k; l++) copy[l * n + j] = b[l * row_b + j * column_b];                        \
             }                                                                                                       \
             b = copy;                                                                                               \
             row_b = n;                                                                                              \
           }                                                                                                         \
           for (; m >= 4; m -= 4) {                                                                                  \
             product_strip_##t(4, n, k, a, row_a, column_a, b, row_b, c, row_c, adds);                               \
             a += 4 * row_a;                                                                                         \
             c += 4 * row_c;                                                                                         \
           }                                                                                                         \
           if (m == 3) product_strip_##t(3, n, k, a, row_a, column_a, b, row_b, c, row_c, adds);                     \
           if (m == 2) product_strip_##t(2, n, k, a, row_a, column_a, b, row_b, c, row_c, adds);                     \
           if (m == 1) product_strip_##t(1, n, k, a, row_a, column_a, b, row_b, c, row_c, adds);                     \
         })

#define PRODUCT_DOTS(t)                                                                                              \
  KERNEL(void, product_dots_##t,                                                                                     \
         (int64_t m, int64_t n, int64_t k, const C_##t *a, int64_t row_a, const C_##t *b, int64_t column_b,          \
          C_##t *c, int64_t row_c, int32_t adds),                                                                    \
         {                                                                                                           \
           for (int64_t i = 0; i < m; i++) {                                                                         \
             int64_t j = 0;                                                                                          \
             for (; j + 4 <= n; j += 4) {                                                                            \
               product_dots_block_##t(4, k, a, b + j * column_b, column_b, c + j, adds);                             \
             }                                                                                                       \
             for (; j < n; j++) product_dots_block_##t(1, k, a, b + j * column_b, column_b, c + j, adds);            \
             a += row_a;                                                                                             \
             c += row_c;                                                                                             \
           }                                                                                                         \
         })

PRODUCT_ROWS(f32)
PRODUCT_ROWS(f64)
PRODUCT_DOTS(f32)
PRODUCT_DOTS(f64)
