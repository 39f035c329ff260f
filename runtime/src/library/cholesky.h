// L L' = A.

extern void LAPACK(potrf)(const char *uplo, const int *n, REAL *a, const int *lda, int *info);

static int LOCAL(cholesky_by_rows)(int64_t n, const REAL *a, REAL *l) {
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j <= i; j++) {
      REAL sum = a[i * n + j];
      for (int64_t k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (i != j) {
        l[i * n + j] = sum / l[j * n + j];
      } else if (sum > 0) {
        l[i * n + i] = MATH(sqrt)(sum);
      } else {
        return 0;
      }
    }
  }
  return 1;
}

static int LOCAL(cholesky_by_blocks)(int64_t n, const REAL *a, REAL *l) {
  int rows = (int)n, info = 0;
  memcpy(l, a, sizeof(REAL) * (size_t)(n * n));
  // The lower triangle by rows is the upper one by columns.
  LAPACK(potrf)("U", &rows, l, &rows, &info);
  for (int64_t i = 0; i < n; i++) {
    if (!(l[i * n + i] > 0)) return 0;
  }
  return info == 0;
}

void ROUTINE(cholesky)(int64_t batch, int64_t n, const REAL *a, int64_t a_stride, REAL *l, int64_t l_stride) {
  for (; batch > 0; batch--, a += a_stride, l += l_stride) {
    int is_positive = n <= 16 ? LOCAL(cholesky_by_rows)(n, a, l) : LOCAL(cholesky_by_blocks)(n, a, l);
    if (!is_positive) {
      LOCAL(fill_nan)(l, n * n);
      continue;
    }
    for (int64_t i = 0; i < n; i++) {
      for (int64_t j = i + 1; j < n; j++) l[i * n + j] = 0;
    }
  }
}
