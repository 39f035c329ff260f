// 64 layers of tanh(a*h+b) over n floats, mean; gradient wrt x, a, b.  One pass, 64 activations per block of
// 64 elements kept in L1.
#include "vmath.h"
enum { L = 64, NB = 64 };
double w13(const float *restrict x, const float *restrict a, const float *restrict b, float *restrict gx,
           float *restrict ga, float *restrict gb, long n) {
  static double GA[L], GB[L];
  float act[L + 1][NB] __attribute__((aligned(64)));
  double tot = 0;
  for (int l = 0; l < L; l++)
    GA[l] = GB[l] = 0;
  const float sc = 1.0f / n;
  for (long s = 0; s + NB <= n; s += NB) {
    for (int i = 0; i < NB; i++)
      act[0][i] = x[s + i];
    for (int l = 0; l < L; l++) {
      float al = a[l], bl = b[l];
      for (int i = 0; i < NB; i++)
        act[l + 1][i] = tanh_F(al * act[l][i] + bl);
    }
    float acc = 0;
    float d[NB] __attribute__((aligned(64)));
    for (int i = 0; i < NB; i++) {
      acc += act[L][i];
      d[i] = sc;
    }
    tot += acc;
    for (int l = L - 1; l >= 0; l--) {
      float al = a[l], sa = 0, sb = 0;
      for (int i = 0; i < NB; i++) {
        float t = act[l + 1][i], q = d[i] * (1 - t * t);
        sb += q;
        sa += q * act[l][i];
        d[i] = q * al;
      }
      GA[l] += sa;
      GB[l] += sb;
    }
    for (int i = 0; i < NB; i++)
      gx[s + i] = d[i];
  }
  for (int l = 0; l < L; l++) {
    ga[l] = GA[l];
    gb[l] = GB[l];
  }
  return tot / n;
}
