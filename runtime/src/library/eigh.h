// A V = V diag(w), by LAPACK's divide and conquer.

extern void LAPACK(syevd)(const char *jobz, const char *uplo, const int *n, REAL *a, const int *lda, REAL *w,
                          REAL *work, const int *lwork, int *iwork, const int *liwork, int *info);

static int LOCAL(eigh_of_matrix)(int64_t n, int64_t vectors, const REAL *a, REAL *w, REAL *v,
                                 uint8_t *workspace) {
  int rows = (int)n, info = 0;
  int size = 1 + 6 * rows + 2 * rows * rows, integers = 3 + 5 * rows;
  REAL *work = (REAL *)workspace;
  if (!vectors) {
    // A is copied to where syevd would work if it looked for vectors.
    size = 1 + 2 * rows;
    v = work + size;
  }
  int *places = (int *)(vectors ? work + size : v + n * n);
  memcpy(v, a, sizeof(REAL) * (size_t)(n * n));
  // The lower triangle by rows is the upper one by columns.
  LAPACK(syevd)(vectors ? "V" : "N", "U", &rows, v, &rows, w, work, &size, places, &integers, &info);
  if (info != 0 || !vectors) return info == 0;
  // The vectors are rows now.
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < i; j++) {
      REAL element = v[i * n + j];
      v[i * n + j] = v[j * n + i];
      v[j * n + i] = element;
    }
  }
  for (int64_t j = 0; j < n; j++) {
    if (!LOCAL(is_lead_negative)(n, v + j, n)) continue;
    for (int64_t i = 0; i < n; i++) v[i * n + j] = -v[i * n + j];
  }
  return 1;
}

static int LOCAL(is_lower_finite)(int64_t n, const REAL *a) {
  for (int64_t i = 0; i < n; i++) {
    if (!LOCAL(are_finite)(a + i * n, i + 1)) return 0;
  }
  return 1;
}

void ROUTINE(eigh)(int64_t batch, int64_t n, int64_t vectors, const REAL *a, int64_t a_stride, REAL *w,
                   int64_t w_stride, REAL *v, int64_t v_stride, uint8_t *workspace) {
  if (n <= 0) return;
  for (; batch > 0; batch--, a += a_stride, w += w_stride, v += v_stride) {
    if (LOCAL(is_lower_finite)(n, a) && LOCAL(eigh_of_matrix)(n, vectors, a, w, v, workspace)) continue;
    LOCAL(fill_nan)(w, n);
    LOCAL(fill_nan)(v, vectors ? n * n : 0);
  }
}
