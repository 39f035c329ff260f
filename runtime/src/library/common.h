// What routines share. LAPACK is Fortran: matrices by columns, everything by address.

static void LOCAL(fill_nan)(REAL *x, int64_t count) {
  for (int64_t i = 0; i < count; i++) x[i] = NAN;
}

// LAPACK may not come to an end, or print, where something is not.
static int LOCAL(are_finite)(const REAL *x, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    if (!isfinite(x[i])) return 0;
  }
  return 1;
}

// Whether the first element of at least 9/10 of the greatest magnitude is negative.
static int LOCAL(is_lead_negative)(int64_t count, const REAL *x, int64_t step) {
  REAL greatest = 0;
  for (int64_t i = 0; i < count; i++) greatest = MATH(fmax)(greatest, MATH(fabs)(x[i * step]));
  for (int64_t i = 0; i < count; i++) {
    if (MATH(fabs)(x[i * step]) >= (REAL)0.9 * greatest) return x[i * step] < 0;
  }
  return 0;
}
