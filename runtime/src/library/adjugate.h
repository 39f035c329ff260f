// adj(A) = ± Q W⁻¹ adj(D) L⁻¹ P for P A Q = L D W with complete pivoting, L and W unit triangular.

static int64_t LOCAL(greatest_below)(int64_t n, int64_t k, const REAL *a) {
  int64_t place = k * (n + 1);
  for (int64_t i = k; i < n; i++) {
    for (int64_t j = k; j < n; j++) {
      if (MATH(fabs)(a[i * n + j]) > MATH(fabs)(a[place])) place = i * n + j;
    }
  }
  return place;
}

static void LOCAL(swap_places)(int32_t *places, int64_t i, int64_t j) {
  int32_t place = places[i];
  places[i] = places[j];
  places[j] = place;
}

// Gives the sign of both permutations.
static REAL LOCAL(eliminate_completely)(int64_t n, REAL *lu, int32_t *rows, int32_t *columns) {
  REAL sign = 1;
  for (int64_t k = 0; k < n; k++) {
    int64_t place = LOCAL(greatest_below)(n, k, lu), row = place / n, column = place % n;
    if (row != k) {
      LOCAL(swap_places)(rows, k, row);
      LOCAL(swap_rows)(n, lu + k * n, lu + row * n);
      sign = -sign;
    }
    if (column != k) {
      LOCAL(swap_places)(columns, k, column);
      for (int64_t i = 0; i < n; i++) LOCAL(swap_rows)(1, lu + i * n + k, lu + i * n + column);
      sign = -sign;
    }
    REAL *own = lu + k * n;
    if (own[k] == 0) break;
    for (int64_t i = k + 1; i < n; i++) {
      REAL *other = lu + i * n;
      REAL factor = other[k] / own[k];
      other[k] = factor;
      for (int64_t j = k + 1; j < n; j++) other[j] -= factor * own[j];
    }
  }
  return sign;
}

static void LOCAL(add_row)(int64_t n, REAL *x, int64_t i, REAL factor, int64_t k) {
  for (int64_t j = 0; j < n; j++) x[i * n + j] += factor * x[k * n + j];
}

void ROUTINE(adjugate)(int64_t batch, int64_t n, const REAL *a, int64_t a_stride, REAL *c, int64_t c_stride,
                       uint8_t *workspace) {
  REAL *lu = (REAL *)workspace;
  int32_t *rows = (int32_t *)(lu + n * n), *columns = rows + n;
  for (; batch > 0; batch--, a += a_stride, c += c_stride) {
    memcpy(lu, a, sizeof(REAL) * (size_t)(n * n));
    for (int64_t i = 0; i < n; i++) rows[i] = columns[i] = (int32_t)i;
    REAL sign = LOCAL(eliminate_completely)(n, lu, rows, columns);
    // Row i of what L⁻¹, adj(D) and W⁻¹ make is row columns[i] of the result; columns come last.
    for (int64_t i = 0; i < n; i++) {
      for (int64_t j = 0; j < n; j++) c[columns[i] * n + j] = j == rows[i];
    }
    for (int64_t i = 0; i < n; i++) {
      for (int64_t k = 0; k < i; k++) LOCAL(add_row)(n, c, columns[i], -lu[i * n + k], columns[k]);
    }
    for (int64_t i = 0; i < n; i++) {
      REAL others = sign;
      for (int64_t k = 0; k < n; k++) {
        if (k != i) others *= lu[k * (n + 1)];
      }
      for (int64_t j = 0; j < n; j++) c[columns[i] * n + j] *= others;
    }
    for (int64_t i = n - 2; i >= 0; i--) {
      REAL pivot = lu[i * (n + 1)];
      for (int64_t k = i + 1; k < n && pivot != 0; k++) {
        LOCAL(add_row)(n, c, columns[i], -lu[i * n + k] / pivot, columns[k]);
      }
    }
  }
}
