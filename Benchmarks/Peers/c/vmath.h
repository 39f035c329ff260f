// exp, log, tanh and erfcx without branches, so that clang vectorises them; relative errors are about 1e-7 in float
// and 1e-15 in double. Coefficients: exp, log and tanh in float as in Cephes (Moshier 1989), log in double as in fdlibm
// (Sun 1993), exp in double Taylor's, erfcx from gen_erfcx.py.
#pragma once
#include "erfcx_coef.h"
#include <stdint.h>
#include <string.h>
#define INL static inline __attribute__((always_inline))
INL float exp_F(float x) {
  x = x > 88.7f ? 88.7f : x;
  x = x < -87.3f ? -87.3f : x;
  float n = __builtin_rintf(x * 1.44269504088896341f);
  float r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  union {
    int32_t i;
    float f;
  } u;
  u.i = ((int32_t)n + 127) << 23;
  return p * u.f;
}
INL double exp_D(double x) {
  x = x > 709.0 ? 709.0 : x;
  x = x < -708.0 ? -708.0 : x;
  double n = __builtin_rint(x * 1.4426950408889634074);
  double r = x - n * 6.93147180369123816490e-01;
  r = r - n * 1.90821492927058770002e-10;
  double p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  union {
    int64_t i;
    double d;
  } u;
  u.i = ((int64_t)n + 1023) << 52;
  return p * u.d;
}
INL float log_F(float x) {
  union {
    float f;
    int32_t i;
  } u;
  u.f = x;
  int32_t e = (u.i - 0x3f3504f3) >> 23;
  u.i -= e << 23;
  float m = u.f - 1.0f;
  float z = m * m;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  return (float)e * 0.693359375f + ((m * z * p - 0.5f * z - (float)e * 2.12194440e-4f) + m);
}
INL double log_D(double x) {
  union {
    double d;
    int64_t i;
  } u;
  u.d = x;
  int64_t e = (u.i - 0x3fe6a09e667f3bcdll) >> 52;
  u.i -= e << 52;
  double f = u.d - 1.0;
  double s = f / (2.0 + f), z = s * s;
  double p = 1.479819860511658591e-01;
  p = p * z + 1.531383769920937332e-01;
  p = p * z + 1.818357216161805012e-01;
  p = p * z + 2.222219843214978396e-01;
  p = p * z + 2.857142874366239149e-01;
  p = p * z + 3.999999999940941908e-01;
  p = p * z + 6.666666666666735130e-01;
  p *= z;
  double h = 0.5 * f * f;
  double k = (double)e;
  return k * 6.93147180369123816490e-01 - ((h - (s * (h + p) + k * 1.90821492927058770002e-10)) - f);
}
INL float tanh_F(float x) {
  x = x > 7.9f ? 7.9f : x;
  x = x < -7.9f ? -7.9f : x;
  float z = x * x;
  float p = -2.76076847742355e-16f;
  p = p * z + 2.00018790482477e-13f;
  p = p * z - 8.60467152213735e-11f;
  p = p * z + 5.12229709037114e-08f;
  p = p * z + 1.48572235717979e-05f;
  p = p * z + 6.37261928875436e-04f;
  p = p * z + 4.89352455891786e-03f;
  float q = 1.19825839466702e-06f;
  q = q * z + 1.18534705686654e-04f;
  q = q * z + 2.26843463243900e-03f;
  q = q * z + 4.89352518554385e-03f;
  return x * p / q;
}
// two values at once sharing one division: returns erfcx(a), erfcx(b)
INL void erfcx2_D(double a, double b, double *ea, double *eb) {
  double da = (a + 3.75) * (1.0 + 2.0 * a), db = (b + 3.75) * (1.0 + 2.0 * b), iv = 1.0 / (da * db),
         ia = iv * db, ib = iv * da;
  double ta = (a - 3.75) * (1.0 + 2.0 * a) * ia, tb = (b - 3.75) * (1.0 + 2.0 * b) * ib,
         p = ERFCX_D[ERFCX_D_N], q = p;
#pragma clang loop unroll(full)
  for (int i = ERFCX_D_N - 1; i >= 0; i--) {
    p = p * ta + ERFCX_D[i];
    q = q * tb + ERFCX_D[i];
  }
  *ea = p * (a + 3.75) * ia;
  *eb = q * (b + 3.75) * ib;
}
INL void erfcx2_F(float a, float b, float *ea, float *eb) {
  float da = (a + 3.75f) * (1.0f + 2.0f * a), db = (b + 3.75f) * (1.0f + 2.0f * b), iv = 1.0f / (da * db),
        ia = iv * db, ib = iv * da;
  float ta = (a - 3.75f) * (1.0f + 2.0f * a) * ia, tb = (b - 3.75f) * (1.0f + 2.0f * b) * ib,
        p = ERFCX_F[ERFCX_F_N], q = p;
#pragma clang loop unroll(full)
  for (int i = ERFCX_F_N - 1; i >= 0; i--) {
    p = p * ta + ERFCX_F[i];
    q = q * tb + ERFCX_F[i];
  }
  *ea = p * (a + 3.75f) * ia;
  *eb = q * (b + 3.75f) * ib;
}
INL double erfcx_D(double a) {
  double t = (a - 3.75) / (a + 3.75);
  double p = ERFCX_D[ERFCX_D_N];
#pragma clang loop unroll(full)
  for (int i = ERFCX_D_N - 1; i >= 0; i--)
    p = p * t + ERFCX_D[i];
  return p / (1.0 + 2.0 * a);
}
INL float erfcx_F(float a) {
  float t = (a - 3.75f) / (a + 3.75f);
  float p = ERFCX_F[ERFCX_F_N];
#pragma clang loop unroll(full)
  for (int i = ERFCX_F_N - 1; i >= 0; i--)
    p = p * t + ERFCX_F[i];
  return p / (1.0f + 2.0f * a);
}
