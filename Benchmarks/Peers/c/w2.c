// MLP 4-16-16-1, tanh, squared error, batch 1, float: value and gradient of all parameters.  p = [W1 4x16,
// b1, W2 16x16, b2, W3 16, b3]
#include "vmath.h"
void w2(const float *restrict p, const float *restrict x, const float *restrict t, float *restrict val,
        float *restrict g) {
  const float *W1 = p, *b1 = p + 64, *W2 = p + 80, *b2 = p + 336, *W3 = p + 352, *b3 = p + 368;
  float *gW1 = g, *gb1 = g + 64, *gW2 = g + 80, *gb2 = g + 336, *gW3 = g + 352, *gb3 = g + 368;
  float h1[16], h2[16], d1[16], d2[16];
  for (int j = 0; j < 16; j++)
    h1[j] = b1[j];
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 16; j++)
      h1[j] += x[i] * W1[i * 16 + j];
  for (int j = 0; j < 16; j++)
    h1[j] = tanh_F(h1[j]);
  for (int j = 0; j < 16; j++)
    h2[j] = b2[j];
  for (int i = 0; i < 16; i++)
    for (int j = 0; j < 16; j++)
      h2[j] += h1[i] * W2[i * 16 + j];
  for (int j = 0; j < 16; j++)
    h2[j] = tanh_F(h2[j]);
  float o = b3[0];
  for (int j = 0; j < 16; j++)
    o += h2[j] * W3[j];
  float e = o - t[0];
  *val = e * e;
  float d = 2 * e;
  gb3[0] = d;
  for (int j = 0; j < 16; j++) {
    gW3[j] = d * h2[j];
    d2[j] = d * W3[j] * (1 - h2[j] * h2[j]);
    gb2[j] = d2[j];
  }
  for (int i = 0; i < 16; i++) {
    float s = 0;
    for (int j = 0; j < 16; j++) {
      gW2[i * 16 + j] = h1[i] * d2[j];
      s += W2[i * 16 + j] * d2[j];
    }
    d1[i] = s;
  }
  for (int j = 0; j < 16; j++) {
    d1[j] *= 1 - h1[j] * h1[j];
    gb1[j] = d1[j];
  }
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 16; j++)
      gW1[i * 16 + j] = x[i] * d1[j];
}
void run(long k, const float *p, const float *x, const float *t, float *val, float *g) {
  for (long i = 0; i < k; i++) {
    w2(p, x, t, val, g);
    __asm__ volatile("" ::: "memory");
  }
}
