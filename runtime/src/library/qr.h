// A = Q R. A by rows is its transpose by columns, and Aᵀ = Rᵀ Qᵀ is what LAPACK's LQ factorisation finds.

extern void LAPACK(gelqf)(const int *m, const int *n, REAL *a, const int *lda, REAL *tau, REAL *work, const int *lwork,
                          int *info);
extern void LAPACK(orglq)(const int *m, const int *n, const int *k, REAL *a, const int *lda, const REAL *tau,
                          REAL *work, const int *lwork, int *info);

static void LOCAL(qr_of_matrix)(int64_t m, int64_t n, int64_t inner, const REAL *a, REAL *q, REAL *r, REAL *x) {
  int64_t steps = m < n ? m : n;
  REAL *tau = x + m * n, *work = tau + steps;
  int rows = (int)m, columns = (int)n, count = (int)steps, length = (int)inner, info = 0;
  int size = 32 * (rows > columns ? rows : columns);
  memcpy(x, a, sizeof(REAL) * (size_t)(m * n));
  if (steps > 0) LAPACK(gelqf)(&columns, &rows, x, &columns, tau, work, &size, &info);
  // R, with a diagonal that is not negative, and the reflections where LAPACK makes Q of them.
  for (int64_t i = 0; i < inner; i++) {
    REAL sign = i < n && x[i * n + i] < 0 ? -1 : 1;
    for (int64_t j = 0; j < n; j++) r[i * n + j] = j < i ? 0 : sign * x[i * n + j];
  }
  for (int64_t j = 0; j < m; j++) {
    for (int64_t i = 0; i < inner; i++) q[j * inner + i] = steps == 0 ? i == j : i < steps ? x[j * n + i] : 0;
  }
  if (steps == 0) return;
  LAPACK(orglq)(&length, &rows, &count, q, &length, tau, work, &size, &info);
  for (int64_t i = 0; i < steps; i++) {
    if (!(x[i * n + i] < 0)) continue;
    for (int64_t j = 0; j < m; j++) q[j * inner + i] = -q[j * inner + i];
  }
}

void ROUTINE(qr)(int64_t batch, int64_t m, int64_t n, int64_t full, const REAL *a, int64_t a_stride, REAL *q,
                 int64_t q_stride, REAL *r, int64_t r_stride, uint8_t *workspace) {
  int64_t inner = full || m < n ? m : n;
  for (; batch > 0; batch--, a += a_stride, q += q_stride, r += r_stride) {
    if (LOCAL(are_finite)(a, m * n)) {
      LOCAL(qr_of_matrix)(m, n, inner, a, q, r, (REAL *)workspace);
    } else {
      LOCAL(fill_nan)(q, m * inner);
      LOCAL(fill_nan)(r, inner * n);
    }
  }
}
