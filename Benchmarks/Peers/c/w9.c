// Hessian of logsumexp(Ax)+x'Qx/2:  A' (diag(p)-pp') A + (Q+Q')/2, m=200, n=100, double, OpenBLAS.
#include <cblas.h>
#include <math.h>
enum { Mm = 200, N = 100 };
void w9(const double *x, const double *A, const double *Q, double *H) {
  double z[Mm], mx = -1e300, s = 0, u[N];
  static double S[Mm * N];
  cblas_dgemv(CblasRowMajor, CblasNoTrans, Mm, N, 1, A, N, x, 1, 0, z, 1);
  for (int i = 0; i < Mm; i++)
    mx = z[i] > mx ? z[i] : mx;
  for (int i = 0; i < Mm; i++) {
    z[i] = exp(z[i] - mx);
    s += z[i];
  }
  for (int i = 0; i < Mm; i++) {
    z[i] /= s;
    double q = sqrt(z[i]);
    for (int j = 0; j < N; j++)
      S[i * N + j] = q * A[i * N + j];
  }
  cblas_dgemv(CblasRowMajor, CblasTrans, Mm, N, 1, A, N, z, 1, 0, u, 1);
  for (int i = 0; i < N; i++)
    for (int j = i; j < N; j++)
      H[i * N + j] = 0.5 * (Q[i * N + j] + Q[j * N + i]) - u[i] * u[j];
  cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, N, Mm, 1, S, N, 1, H, N);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < i; j++)
      H[i * N + j] = H[j * N + i];
}
