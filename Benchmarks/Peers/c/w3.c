// Rosenbrock value and gradient in one pass.
double w3(const double *restrict x, double *restrict g, long n) {
  double v = 0;
  {
    double t = x[1] - x[0] * x[0], o = 1 - x[0];
    v += 100 * t * t + o * o;
    g[0] = -400 * x[0] * t - 2 * o;
  }
  for (long i = 1; i < n - 1; i++) {
    double xi = x[i], t = x[i + 1] - xi * xi, o = 1 - xi, tp = xi - x[i - 1] * x[i - 1];
    v += 100 * t * t + o * o;
    g[i] = 200 * tp - 400 * xi * t - 2 * o;
  }
  g[n - 1] = 200 * (x[n - 1] - x[n - 2] * x[n - 2]);
  return v;
}
void run(long k, const double *x, double *g, long n, double *val) {
  for (long i = 0; i < k; i++) {
    *val = w3(x, g, n);
    __asm__ volatile("" ::: "memory");
  }
}
