// What routines share.

static void LOCAL(fill_nan)(REAL *x, int64_t count) {
  for (int64_t i = 0; i < count; i++) x[i] = NAN;
}
