// op(A) X = B and X op(A) = B with A triangular.

// Row by row of X, each as long as there are systems.
static void LOCAL(solve_left_by_rows)(int64_t n, int64_t columns, int forward, int64_t row, int64_t column, int unit,
                                      const REAL *a, REAL *x) {
  for (int64_t s = 0; s < n; s++) {
    int64_t i = forward ? s : n - 1 - s;
    REAL *own = x + i * columns;
    for (int64_t t = 0; t < s; t++) {
      int64_t j = forward ? t : n - 1 - t;
      REAL factor = a[i * row + j * column];
      const REAL *other = x + j * columns;
      for (int64_t k = 0; k < columns; k++) own[k] -= factor * other[k];
    }
    if (unit) continue;
    REAL pivot = a[i * (n + 1)];
    for (int64_t k = 0; k < columns; k++) own[k] /= pivot;
  }
}

// System by system, the unknowns of each being a row of X.
static void LOCAL(solve_right_by_rows)(int64_t n, int64_t columns, int forward, int64_t row, int64_t column, int unit,
                                       const REAL *a, REAL *x) {
  for (int64_t k = 0; k < columns; k++) {
    REAL *own = x + k * n;
    for (int64_t s = 0; s < n; s++) {
      int64_t i = forward ? s : n - 1 - s;
      REAL sum = own[i];
      for (int64_t t = 0; t < s; t++) {
        int64_t j = forward ? t : n - 1 - t;
        sum -= a[i * row + j * column] * own[j];
      }
      own[i] = unit ? sum : sum / a[i * (n + 1)];
    }
  }
}

void ROUTINE(triangular_solve)(int64_t batch, int64_t n, int64_t columns, int64_t lower, int64_t transposed,
                               int64_t unit, int64_t left, const REAL *a, int64_t a_stride, const REAL *b,
                               int64_t b_stride, REAL *x, int64_t x_stride) {
  if (n <= 0 || columns <= 0) return;
  // A solve from the right is one from the left with everything transposed.
  int flip = (transposed != 0) == (left != 0);
  int forward = (lower != 0) != flip;
  int64_t row = flip ? 1 : n, column = flip ? n : 1;
  for (; batch > 0; batch--, a += a_stride, b += b_stride, x += x_stride) {
    memcpy(x, b, sizeof(REAL) * (size_t)(n * columns));
    if (n <= 16 && columns <= 16) {
      if (left) {
        LOCAL(solve_left_by_rows)(n, columns, forward, row, column, unit != 0, a, x);
      } else {
        LOCAL(solve_right_by_rows)(n, columns, forward, row, column, unit != 0, a, x);
      }
      continue;
    }
    CBLAS_UPLO triangle = lower ? CblasLower : CblasUpper;
    CBLAS_DIAG diagonal = unit ? CblasUnit : CblasNonUnit;
    if (columns == 1) {
      BLAS(trsv)(CblasRowMajor, triangle, flip ? CblasTrans : CblasNoTrans, diagonal, (int)n, a, (int)n, x, 1);
    } else {
      BLAS(trsm)(CblasRowMajor, left ? CblasLeft : CblasRight, triangle, transposed ? CblasTrans : CblasNoTrans,
                 diagonal, (int)(left ? n : columns), (int)(left ? columns : n), 1, a, (int)n, x,
                 (int)(left ? columns : n));
    }
  }
}
