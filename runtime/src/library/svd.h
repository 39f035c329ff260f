// A = U diag(s) Vᵀ. A by rows is its transpose by columns, with U and V in each other's place.

extern void LAPACK(gesdd)(const char *jobz, const int *m, const int *n, REAL *a, const int *lda, REAL *s, REAL *u,
                          const int *ldu, REAL *vt, const int *ldvt, REAL *work, const int *lwork, int *iwork,
                          int *info);

static int LOCAL(svd_of_matrix)(int64_t m, int64_t n, int64_t vectors, const REAL *a, REAL *u, REAL *s, REAL *vh,
                                uint8_t *workspace) {
  int64_t k = m < n ? m : n;
  int rows = (int)m, columns = (int)n, count = (int)k, info = 0;
  int size = 4 * count * count + 7 * count + 32 * (rows + columns);
  REAL *x = (REAL *)workspace, *work = x + m * n;
  memcpy(x, a, sizeof(REAL) * (size_t)(m * n));
  LAPACK(gesdd)(vectors ? "S" : "N", &columns, &rows, x, &columns, s, vh, &columns, u, &count, work, &size,
                (int *)(work + size), &info);
  if (info != 0 || !vectors) return info == 0;
  for (int64_t p = 0; p < k; p++) {
    if (!LOCAL(is_lead_negative)(m, u + p, k)) continue;
    for (int64_t i = 0; i < m; i++) u[i * k + p] = -u[i * k + p];
    for (int64_t i = 0; i < n; i++) vh[p * n + i] = -vh[p * n + i];
  }
  return 1;
}

void ROUTINE(svd)(int64_t batch, int64_t m, int64_t n, int64_t vectors, const REAL *a, int64_t a_stride, REAL *u,
                  int64_t u_stride, REAL *s, int64_t s_stride, REAL *vh, int64_t vh_stride, uint8_t *workspace) {
  int64_t k = m < n ? m : n;
  if (k <= 0) return;
  for (; batch > 0; batch--) {
    if (!LOCAL(are_finite)(a, m * n) || !LOCAL(svd_of_matrix)(m, n, vectors, a, u, s, vh, workspace)) {
      LOCAL(fill_nan)(u, vectors ? m * k : 0);
      LOCAL(fill_nan)(s, k);
      LOCAL(fill_nan)(vh, vectors ? k * n : 0);
    }
    a += a_stride;
    u += u_stride;
    s += s_stride;
    vh += vh_stride;
  }
}
