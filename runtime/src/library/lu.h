// P A = L U by halves: the left columns, what they do to the right ones, the right columns.

static void LOCAL(swap_rows)(int64_t count, REAL *x, REAL *y) {
  for (int64_t j = 0; j < count; j++) {
    REAL element = x[j];
    x[j] = y[j];
    y[j] = element;
  }
}

// Swaps rows as steps first to last - 1 did, counted from the first row of x.
static void LOCAL(apply_pivots)(int64_t first, int64_t last, int64_t columns, int64_t step, REAL *x,
                                const int32_t *pivots) {
  for (int64_t k = first; k < last; k++) {
    if (pivots[k] != k) LOCAL(swap_rows)(columns, x + k * step, x + pivots[k] * step);
  }
}

static void LOCAL(lu_by_columns)(int64_t m, int64_t n, REAL *a, int64_t step, int32_t *pivots) {
  for (int64_t k = 0; k < (m < n ? m : n); k++) {
    REAL *own = a + k * step;
    int64_t pivot = k;
    for (int64_t i = k + 1; i < m; i++) {
      if (MATH(fabs)(a[i * step + k]) > MATH(fabs)(a[pivot * step + k])) pivot = i;
    }
    pivots[k] = (int32_t)pivot;
    if (pivot != k) LOCAL(swap_rows)(n, own, a + pivot * step);
    if (own[k] == 0) continue;
    for (int64_t i = k + 1; i < m; i++) {
      REAL *row = a + i * step;
      REAL factor = row[k] / own[k];
      row[k] = factor;
      for (int64_t j = k + 1; j < n; j++) row[j] -= factor * own[j];
    }
  }
}

static void LOCAL(lu_by_halves)(int64_t m, int64_t n, REAL *a, int64_t step, int32_t *pivots) {
  int64_t steps = m < n ? m : n;
  if (steps <= 16) {
    LOCAL(lu_by_columns)(m, n, a, step, pivots);
    return;
  }
  int64_t half = steps / 2;
  REAL *right = a + half, *below = a + half * step, *rest = below + half;
  LOCAL(lu_by_halves)(m, half, a, step, pivots);
  LOCAL(apply_pivots)(0, half, n - half, step, right, pivots);
  BLAS(trsm)(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasUnit, (int)half, (int)(n - half), 1, a, (int)step,
             right, (int)step);
  BLAS(gemm)(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(m - half), (int)(n - half), (int)half, -1, below,
             (int)step, right, (int)step, 1, rest, (int)step);
  LOCAL(lu_by_halves)(m - half, n - half, rest, step, pivots + half);
  LOCAL(apply_pivots)(0, steps - half, half, step, below, pivots + half);
  for (int64_t k = half; k < steps; k++) pivots[k] += (int32_t)half;
}

void ROUTINE(lu)(int64_t batch, int64_t m, int64_t n, const REAL *a, int64_t a_stride, REAL *lu, int64_t lu_stride,
                 int32_t *pivots, int64_t pivots_stride, int32_t *permutation, int64_t permutation_stride) {
  for (; batch > 0; batch--) {
    memcpy(lu, a, sizeof(REAL) * (size_t)(m * n));
    LOCAL(lu_by_halves)(m, n, lu, n, pivots);
    for (int64_t i = 0; i < m; i++) permutation[i] = (int32_t)i;
    for (int64_t k = 0; k < (m < n ? m : n); k++) {
      int32_t row = permutation[k];
      permutation[k] = permutation[pivots[k]];
      permutation[pivots[k]] = row;
    }
    a += a_stride;
    lu += lu_stride;
    pivots += pivots_stride;
    permutation += permutation_stride;
  }
}
